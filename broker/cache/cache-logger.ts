import type { Logger } from '../observe/logger.ts';

/** What the cache needs of a logger. */
export type CacheLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
