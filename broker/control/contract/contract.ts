import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { archiveAddress, checkEvent, receiverPlace } from './archive-check.ts';
import { attributeLines, cachedInstance, cachedSeries, cachedStudy, cacheQuery, studyKey } from './cached.ts';
import { controlEvent, logEvent } from './events.ts';
import { gatewayState, throughput } from './gateway-state.ts';
import { hostAbilities } from './host.ts';
import { logEntry, logQuery } from './log.ts';
import { attributeName, echoResult, probeEvent, probeLevel, probeQuery } from './probe.ts';
import {
  appliedSettings,
  counterpartPage,
  describedSettings,
  settingChanges,
  settingProblem,
  settingsFile,
} from './settings.ts';
import { originCheck, viewerAddress, viewerSettings } from './viewers.ts';

const route = (method: 'GET' | 'POST' | 'DELETE' | 'PUT', path: `/${string}`, summary: string) =>
  oc.route({ method, path, summary });

const series = studyKey.extend({ series: z.string().max(64) });
const instance = series.extend({ instance: z.string().max(64) });

/**
 * The control API: all that the window does. It is served as REST under /api (OpenAPI at /api/openapi.json),
 * for scripts, and as RPC under /rpc, for the window; both behind the same checks.
 */
export const contract = {
  state: {
    get: route('GET', '/state', 'All that the overview shows').output(gatewayState),
    events: route('GET', '/events', 'The state as it changes').output(eventIterator(controlEvent)),
    throughput: route('GET', '/throughput', 'The last five minutes').output(z.array(throughput)),
    restart: route('POST', '/restart', 'Starts the gateway again').output(gatewayState),
  },
  retrievals: {
    cancel: route('DELETE', '/retrievals/{id}', 'Cancels a retrieval').input(
      z.object({ id: z.string().max(64) }),
    ),
  },
  settings: {
    get: route('GET', '/settings', 'Every setting, its value and its source').output(describedSettings),
    /** What would be wrong if the changes were saved; nothing is. */
    validate: route('POST', '/settings/validate', 'Checks changes')
      .input(z.object({ changes: settingChanges }))
      .output(z.array(settingProblem)),
    save: route('POST', '/settings', 'Saves changes and applies them')
      .input(z.object({ changes: settingChanges }))
      .output(appliedSettings),
    addArchive: route('POST', '/settings/archives', 'Adds an archive')
      .input(z.object({ name: z.string().max(64), changes: settingChanges }))
      .output(appliedSettings),
    removeArchive: route('DELETE', '/settings/archives/{name}', 'Removes an archive')
      .input(z.object({ name: z.string().max(64) }))
      .output(appliedSettings),
    /** The order in which archives are shown. `default` is always the first. */
    orderArchives: route('PUT', '/settings/archives', 'Orders the archives')
      .input(z.object({ names: z.array(z.string().max(64)).max(100) }))
      .output(appliedSettings),
    export: route('GET', '/settings/export', 'The settings of the settings store').output(settingsFile),
    import: route('POST', '/settings/import', 'Replaces the settings of the settings store')
      .input(settingsFile)
      .output(appliedSettings),
    reset: route('POST', '/settings/reset', 'Takes back settings, or all of the settings store')
      .input(z.object({ properties: z.array(z.string().max(128)).max(500).optional() }))
      .output(appliedSettings),
    counterpart: route('GET', '/settings/archives/{name}/counterpart', 'What the other side must register')
      .input(z.object({ name: z.string().max(64) }))
      .output(counterpartPage),
  },
  archives: {
    /**
     * Steps connect, associate, echo, find, capabilities; and retrieve, receive where `withRetrieve`. Or those until
     * `echo` alone, for an address that is not meant to be asked.
     */
    check: route('POST', '/archives/check', 'Tries an archive step by step')
      .input(
        z.object({
          address: archiveAddress,
          withRetrieve: z.boolean().default(false),
          until: z.literal('echo').optional(),
          /** Absent: as configured, else our AE title when we ask, and port 11112. */
          receiver: receiverPlace.optional(),
        }),
      )
      .output(eventIterator(checkEvent)),
    ask: route('POST', '/archives/{name}/echo', 'Asks an archive now')
      .input(z.object({ name: z.string().max(64) }))
      .output(echoResult),
  },
  probe: {
    attributes: route('GET', '/probe/attributes', 'Attributes by the beginning of keyword, name or tag')
      .input(
        z.object({
          text: z.string().max(128).default(''),
          /** The keys of this level come first. */
          level: probeLevel.optional(),
          limit: z.coerce.number().int().min(1).max(50).default(20),
        }),
      )
      .output(z.array(attributeName)),
    find: route('POST', '/probe/find', 'A C-FIND with its trace')
      .input(probeQuery)
      .output(eventIterator(probeEvent)),
    retrieve: route('POST', '/probe/retrieve', 'Retrieves into the cache, step by step')
      .input(
        studyKey.extend({ series: z.string().max(64).optional(), instance: z.string().max(64).optional() }),
      )
      .output(eventIterator(checkEvent)),
  },
  cache: {
    studies: route('GET', '/cache/studies', 'Studies in the cache')
      .input(cacheQuery)
      .output(z.object({ total: z.int(), studies: z.array(cachedStudy) })),
    study: route('GET', '/cache/{archive}/studies/{study}', 'One study and its series')
      .input(studyKey)
      .output(z.object({ study: cachedStudy, series: z.array(cachedSeries) })),
    instances: route('GET', '/cache/{archive}/studies/{study}/series/{series}', 'The instances of a series')
      .input(series)
      .output(z.array(cachedInstance)),
    attributes: route(
      'GET',
      '/cache/{archive}/studies/{study}/series/{series}/instances/{instance}',
      'The attributes of an instance',
    )
      .input(instance)
      .output(attributeLines),
    /** A small picture of the study or series (JPEG). */
    thumbnail: route('GET', '/cache/{archive}/studies/{study}/thumbnail', 'A small picture')
      .input(studyKey.extend({ series: z.string().max(64).optional() }))
      .output(z.file()),
    pin: route('PUT', '/cache/{archive}/studies/{study}/pin', 'Keeps a study, or no longer').input(
      studyKey.extend({ isPinned: z.boolean() }),
    ),
    fetchAgain: route(
      'POST',
      '/cache/{archive}/studies/{study}/fetch',
      'Removes a study and retrieves it again',
    ).input(studyKey),
    remove: route('DELETE', '/cache/{archive}/studies/{study}', 'Removes a study from the cache').input(
      studyKey,
    ),
    clear: route('DELETE', '/cache', 'Removes all studies but those in use')
      .input(z.object({ withPinned: z.boolean().default(false) }).default({ withPinned: false }))
      .output(z.object({ removed: z.int(), kept: z.int() })),
  },
  log: {
    entries: route('GET', '/log', 'The last entries').input(logQuery).output(z.array(logEntry)),
    follow: route('GET', '/log/follow', 'Entries as they come')
      .input(logQuery)
      .output(eventIterator(logEvent)),
    file: route('GET', '/log/file', 'All entries that are held, as text').input(logQuery).output(z.file()),
  },
  viewers: {
    settings: route('GET', '/viewers', 'The endpoint as settings of viewers').output(z.array(viewerSettings)),
    checkOrigin: route('GET', '/viewers/origin', 'Whether pages of an origin may read')
      .input(z.object({ origin: z.string().max(300) }))
      .output(originCheck),
    address: route('GET', '/viewers/address', 'Where a viewer shows a study')
      .input(studyKey.extend({ patientId: z.string().max(256).optional() }))
      .output(viewerAddress),
  },
  host: {
    get: route('GET', '/host', 'What this host can do').output(hostAbilities),
    chooseFolder: route('POST', '/host/choose-folder', 'Lets the person choose a folder')
      .input(z.object({ startAt: z.string().max(4_096).optional() }))
      .output(z.object({ path: z.string().optional() })),
    openFolder: route('POST', '/host/open-folder', 'Shows the cache or the log folder').input(
      z.object({ which: z.enum(['cache', 'log', 'settings']) }),
    ),
    startAtLogin: route('PUT', '/host/start-at-login', 'Start at login')
      .input(z.object({ enabled: z.boolean() }))
      .output(hostAbilities),
  },
};
