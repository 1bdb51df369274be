import type { SurfaceOperation, SurfaceRoute } from './surface-route.ts';

/** A resource and those below it, as WADL nests them. */
export interface ResourceNode {
  /** One segment, parameters in braces: `studies`, `{study}`. */
  readonly segment: string;
  readonly operations: SurfaceOperation[];
  readonly children: ResourceNode[];
}

/** Routes as a tree of their segments. */
export function resourceTree(routes: readonly SurfaceRoute[]): ResourceNode[] {
  const roots: ResourceNode[] = [];
  for (const { path, operations } of routes) {
    let level = roots;
    let node: ResourceNode | undefined;
    for (const segment of templateOf(path).split('/').slice(1)) {
      node = level.find((candidate) => candidate.segment === segment);
      if (node === undefined) {
        node = { segment, operations: [], children: [] };
        level.push(node);
      }
      level = node.children;
    }
    node?.operations.push(...operations);
  }
  return roots;
}

/** An Express path as a URI template: `/studies/{study}`. */
export function templateOf(path: string): string {
  return path.replace(/[:*](\w+)/g, '{$1}');
}
