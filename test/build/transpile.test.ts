import { describe, expect, it } from 'vitest';
import { javaScriptOf } from '../../build/transpile.ts';

describe('javaScriptOf', () => {
  it('takes out types and leads to JavaScript, workers included', () => {
    const source = [
      "import type { B } from './b.ts';",
      "import { a } from './a.ts';",
      "import type { C } from '../c.ts';",
      "const later: Promise<B> = import('../later.ts');",
      "new Worker(new URL('./worker.ts', import.meta.url));",
    ].join('\n');
    const lines = javaScriptOf(source).replace(/ +/g, ' ').split('\n');
    expect(lines.filter((line) => line.trim() !== '')).toEqual([
      "import { a } from './a.js';",
      "const later = import('../later.js');",
      "new Worker(new URL('./worker.js', import.meta.url));",
    ]);
  });

  it('leaves text alone that only mentions a file', () => {
    expect(javaScriptOf("const text = 'see main.ts';")).toBe("const text = 'see main.ts';");
  });
});
