import type { ParameterName } from './parameters.ts';

/** A part of the HTTP surface, with a base path of its own. */
export type SurfaceService = 'qido' | 'wado' | 'stow' | 'uri' | 'root' | 'server';

/** One method of a resource. */
export interface SurfaceOperation {
  readonly method: 'GET' | 'POST';
  /** Name of the transaction without spaces (PS3.18 table H-1): identifies it in WADL and OpenAPI. */
  readonly id: string;
  /** What it does, as a sentence. */
  readonly summary: string;
  /** Media types of the answer, the first being sent where any is accepted. */
  readonly sends: readonly string[];
  /** Media types of the request's body. */
  readonly takes?: readonly string[];
  /** Query parameters. */
  readonly parameters: readonly ParameterName[];
  /** Status codes of answers that are no errors; errors are the same everywhere. */
  readonly statuses: readonly number[];
  /** True where HEAD is offered beside GET: not where it would set a retrieval in motion. */
  readonly head?: true;
}

/** A resource of the HTTP surface. */
export interface SurfaceRoute {
  readonly service: SurfaceService;
  /** Below the service's base path, as Express writes it. */
  readonly path: string;
  readonly operations: readonly SurfaceOperation[];
}

/** The methods that a resource takes, as the Allow header tells them. */
export function methodsOf({ operations }: Pick<SurfaceRoute, 'operations'>): string[] {
  const methods = operations.flatMap(({ method, head }) => (head === true ? [method, 'HEAD'] : [method]));
  return [...new Set([...methods, 'OPTIONS'])];
}
