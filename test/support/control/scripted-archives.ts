import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckStep } from '../../../broker/control/contract/archive-check.ts';
import type { Trouble } from '../../../broker/control/contract/gateway-state.ts';
import type { ControlImplementer } from './control-implementer.ts';
import type { ScriptedWorld } from './scripted-world.ts';

const attributes = [
  { tag: '00100010', keyword: 'PatientName', name: 'Patient’s Name', vr: 'PN' },
  { tag: '00100020', keyword: 'PatientID', name: 'Patient ID', vr: 'LO' },
  { tag: '00080020', keyword: 'StudyDate', name: 'Study Date', vr: 'DA' },
  { tag: '00081030', keyword: 'StudyDescription', name: 'Study Description', vr: 'LO' },
  { tag: '00080061', keyword: 'ModalitiesInStudy', name: 'Modalities in Study', vr: 'CS' },
  { tag: '0020000D', keyword: 'StudyInstanceUID', name: 'Study Instance UID', vr: 'UI' },
  { tag: '00080050', keyword: 'AccessionNumber', name: 'Accession Number', vr: 'SH' },
];
const registerRows = [
  { label: 'AE title that asks', value: 'BROKER' },
  { label: 'Address of this machine', value: '10.1.2.9' },
  { label: 'AE title that receives images', value: 'BROKER' },
  { label: 'Port that receives images', value: '11112' },
];
const answersAtATime = 200;
const stepMs = 30;

/**
 * Archives that answer: checks pass and a query finds 10,000 studies. A failure under `archives.check.associate`
 * has the check fail at that step; one under `probe.find.end` ends the query with it.
 */
export function probeHandlers(control: ControlImplementer, world: ScriptedWorld) {
  async function* check(steps: readonly CheckStep['step'][], path: string) {
    for (const step of steps) {
      yield { type: 'step' as const, step: { step, state: 'running' as const, detail: `Trying ${step}.` } };
      await sleep(stepMs);
      const trouble = world.failures.get(`${path}.${step}`);
      if (trouble !== undefined) {
        yield { type: 'step' as const, step: failed(step, trouble) };
        yield { type: 'end' as const, passed: false };
        return;
      }
      const detail = `The archive answered (${step}).`;
      yield { type: 'step' as const, step: { step, state: 'passed' as const, detail, tookInMs: 12 } };
    }
    const abilities = {
      canMove: true,
      canGet: true,
      relationalQueries: 'unknown' as const,
      canMatchFuzzy: false,
      characterSet: 'ISO_IR 192',
      implementation: 'OFFIS_DCMTK_367',
    };
    if (steps.includes('capabilities')) {
      yield { type: 'abilities' as const, abilities, suggestedChanges: world.suggestedChanges };
    }
    yield { type: 'end' as const, passed: true };
  }
  const trace = [
    { atMs: 0, direction: 'sent' as const, name: 'A-ASSOCIATE-RQ', detail: 'BROKER calls MAIN-PACS' },
    { atMs: 4, direction: 'received' as const, name: 'A-ASSOCIATE-AC', detail: '1 context accepted' },
  ];
  return {
    archives: {
      check: control.archives.check.handler(({ input }) =>
        check(
          [
            ...(['connect', 'associate', 'echo'] as const),
            ...(input.until === 'echo' ? [] : (['find', 'capabilities'] as const)),
            ...(input.withRetrieve ? (['retrieve', 'receive'] as const) : []),
          ],
          'archives.check',
        ),
      ),
      ask: control.archives.ask.handler(() => ({ connectInMs: 1, associateInMs: 4, echoInMs: 7, trace })),
    },
    probe: {
      attributes: control.probe.attributes.handler(({ input }) =>
        attributes
          .filter(({ tag, keyword, name }) => {
            const text = input.text.toLowerCase();
            return [tag, keyword, name].some((part) => part.toLowerCase().startsWith(text));
          })
          .slice(0, input.limit),
      ),
      find: control.probe.find.handler(async function* ({ input, signal }) {
        yield { type: 'trace' as const, lines: trace };
        const answers = world.answers.slice(0, input.limit);
        for (let at = 0; at < answers.length && signal?.aborted !== true; at += answersAtATime) {
          yield { type: 'answers' as const, answers: answers.slice(at, at + answersAtATime) };
          if (world.silences.has('probe.find')) {
            await new Promise((resolve) => signal?.addEventListener('abort', resolve));
            return;
          }
        }
        const trouble = world.failures.get('probe.find.end');
        yield {
          type: 'end' as const,
          count: answers.length,
          cut: input.limit < 10_000,
          tookInMs: 412,
          ...(trouble === undefined ? {} : { trouble }),
        };
      }),
      retrieve: control.probe.retrieve.handler(() =>
        check(['associate', 'retrieve', 'receive'], 'probe.retrieve'),
      ),
    },
  };
}

function failed(step: CheckStep['step'], trouble: Trouble): CheckStep {
  const isOfTheirSide = step === 'associate' || step === 'retrieve' || step === 'receive';
  return {
    step,
    state: 'failed',
    detail: trouble.message,
    trouble,
    ...(isOfTheirSide ? { toRegister: registerRows } : {}),
  };
}
