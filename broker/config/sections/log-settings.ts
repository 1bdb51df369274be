import { setting } from '../setting.ts';
import { choice, integer, path } from '../setting-type.ts';

export const logSettings = {
  'log.level': setting({
    group: 'log',
    type: choice(['trace', 'debug', 'info', 'warn', 'error']),
    default: 'info',
    help: 'Least severe messages that are logged.',
  }),
  'log.format': setting({
    group: 'log',
    type: choice(['text', 'json']),
    default: 'text',
    help: 'Form of the messages: lines for people, or JSON for programs.',
  }),
  'log.file': setting({
    group: 'log',
    type: path('the console only'),
    default: '',
    help: 'File to which the log is also written. A relative path starts at the working directory.',
  }),
  'log.file_max_size_in_mb': setting({
    group: 'log',
    type: integer({ min: 1, max: 10_000, unit: 'megabytes' }),
    default: 10,
    help: 'Size at which a new log file is begun.',
  }),
  'log.file_max_count': setting({
    group: 'log',
    type: integer({ min: 1, max: 1000, unit: 'files' }),
    default: 5,
    help: 'Log files that are kept, the oldest being removed first.',
  }),
};
