import { setting } from '../setting.ts';
import { boolean, integer } from '../setting-type.ts';

export const dimseSettings = {
  'dimse.max_pdu_length': setting({
    group: 'dimse',
    type: integer({ min: 4096, max: 1_048_576, unit: 'bytes' }),
    default: 131_072,
    help: 'Largest protocol data unit that the gateway announces and takes.',
  }),
  'dimse.connect_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 3600, unit: 'seconds' }),
    default: 10,
    help: 'Wait for a TCP connection to the archive.',
  }),
  'dimse.association_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 3600, unit: 'seconds' }),
    default: 30,
    help: 'Wait for the answer to an association request or a release.',
  }),
  'dimse.response_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 86_400, unit: 'seconds' }),
    default: 60,
    help: 'Wait for each response to C-ECHO, C-FIND and C-STORE.',
  }),
  'dimse.move_response_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 604_800, unit: 'seconds' }),
    default: 3600,
    help: 'Wait between responses to C-MOVE: archives with tape or cold storage are silent for long.',
  }),
  'dimse.transfer_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 3600, unit: 'seconds' }),
    default: 60,
    help: 'Silence in the middle of a message after which the connection is given up.',
  }),
  'dimse.max_associations': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 100, unit: 'associations' }),
    default: 4,
    help: 'Associations that may be open to one archive at the same time.',
  }),
  'dimse.association_idle_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 0, max: 86_400, unit: 'seconds' }),
    default: 20,
    help: 'Time that an unused association is kept open for the next request. 0: not at all.',
  }),
  'dimse.queue_timeout_in_secs': setting({
    group: 'dimse',
    type: integer({ min: 1, max: 86_400, unit: 'seconds' }),
    default: 60,
    help: 'Wait of a request for a free association.',
  }),
  'dimse.quick_ack': setting({
    group: 'dimse',
    type: boolean(),
    default: true,
    help: 'Acknowledge TCP segments at once while receiving (Linux): some archives send far faster then.',
  }),
};
