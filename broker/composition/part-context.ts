import type { HealthBoard } from '../observe/health.ts';
import type { Logger } from '../observe/logger.ts';
import type { Metrics } from '../observe/metrics.ts';

/** What every part of the gateway tells its state to. */
export interface PartContext {
  readonly logger: Logger;
  readonly health: HealthBoard;
  readonly metrics: Metrics;
}
