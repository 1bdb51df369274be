import { defaultArchive } from '../../config/archive-name.ts';
import { readCharacterSet } from '../../domain/character-set-term.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { RetrieveMethod } from '../archive-retrieve.ts';
import type { ArchiveAbilities, CheckAddress } from './check-event.ts';

/** What an archive was found to support, in one sentence each. */
export function capabilitiesDetail(abilities: ArchiveAbilities): string {
  const { canMove, canGet, relationalQueries, canMatchFuzzy, characterSet } = abilities;
  const retrieval =
    canMove && canGet ? 'Images by C-MOVE or C-GET.' : canMove ? 'Images by C-MOVE.' : 'Images by C-GET.';
  const queries = [
    { yes: 'Relational queries.', no: 'Queries level by level.', unknown: undefined }[relationalQueries],
    canMatchFuzzy ? 'Names also by sound (fuzzy matching).' : undefined,
    characterSet === undefined ? undefined : `Texts in ${characterSet}.`,
  ];
  return [retrieval, ...queries].filter((part) => part !== undefined).join(' ');
}

/** Why images cannot be fetched by what the archive offers; undefined where they can. */
export function cannotRetrieve(
  { aeTitle, callingAeTitle, retrieveMethod }: CheckAddress,
  { canMove, canGet }: ArchiveAbilities,
): BrokerError | undefined {
  const isOffered = { auto: canMove || canGet, move: canMove, get: canGet }[retrieveMethod];
  if (isOffered) return undefined;
  if (!canMove && !canGet) {
    return new BrokerError(
      'context-not-accepted',
      `${aeTitle} offers neither C-MOVE nor C-GET to ${callingAeTitle}: it can be queried, but no images can be fetched.`,
      {
        remedy: `Ask the archive's administrator to allow retrieval (Query/Retrieve, C-MOVE) for our AE title ${callingAeTitle}.`,
      },
    );
  }
  const [wanted, other] = retrieveMethod === 'move' ? ['C-MOVE', 'C-GET'] : ['C-GET', 'C-MOVE'];
  return new BrokerError(
    'context-not-accepted',
    `${aeTitle} does not offer ${wanted}, which is chosen here.`,
    {
      remedy: `It offers ${other}: choose that, or leave the choice to the gateway.`,
    },
  );
}

/**
 * The settings of an archive at this address, by property.
 * @param works what a test retrieval has shown to work
 */
export function suggestedChanges(
  { name, aeTitle, host, port, callingAeTitle, retrieveMethod }: CheckAddress,
  abilities: ArchiveAbilities,
  works?: RetrieveMethod,
): Record<string, string | number> {
  const prefix = name === defaultArchive ? '' : `archives.${name}.`;
  const address = Object.fromEntries(
    (['qido', 'wado'] as const).flatMap((use) => [
      [`${prefix}${use}.remote_ae`, aeTitle],
      [`${prefix}${use}.remote_host`, host],
      [`${prefix}${use}.remote_port`, port],
      [`${prefix}${use}.local_ae`, callingAeTitle],
    ]),
  ) as Record<string, string | number>;
  const { canMove, canGet, relationalQueries } = abilities;
  const method = methodOf({ canMove, canGet, retrieveMethod, works });
  // One that the setting would refuse is none; '' is what the setting is without it.
  const characterSet = readCharacterSet(abilities.characterSet ?? '') ?? '';
  return {
    ...address,
    // That one form works does not mean that all do: the gateway goes on to look.
    [`${prefix}qido.relational_queries`]: relationalQueries === 'no' ? 'no' : 'auto',
    ...(characterSet === '' ? {} : { [`${prefix}qido.character_set`]: characterSet }),
    ...(method === undefined ? {} : { [`${prefix}wado.retrieve_method`]: method }),
  };
}

interface Found {
  readonly canMove: boolean;
  readonly canGet: boolean;
  readonly retrieveMethod: CheckAddress['retrieveMethod'];
  readonly works: RetrieveMethod | undefined;
}

function methodOf({ canMove, canGet, retrieveMethod, works }: Found): 'auto' | RetrieveMethod | undefined {
  if (works === 'c-get') return 'c-get';
  if (retrieveMethod === 'move' && canMove) return 'c-move';
  if (retrieveMethod === 'get' && canGet) return 'c-get';
  if (canMove) return 'auto';
  return canGet ? 'c-get' : undefined;
}
