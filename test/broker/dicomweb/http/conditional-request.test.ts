import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { answerNotModified } from '../../../../broker/dicomweb/http/conditional-request.ts';

function ask(ifNoneMatch: string | undefined): {
  done: boolean;
  status: number;
  headers: Map<string, unknown>;
} {
  const answer = { status: 200, headers: new Map<string, unknown>() };
  const response = {
    setHeader: (name: string, value: unknown) => answer.headers.set(name, value),
    status: (code: number) => {
      answer.status = code;
      return { end: () => undefined };
    },
  };
  const request = { headers: ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch } };
  const done = answerNotModified(request as unknown as Request, response as unknown as Response, 'abc');
  return { done, ...answer };
}

describe('a conditional request', () => {
  it('is answered as usual, with the tag, where the client has nothing', () => {
    const { done, status, headers } = ask(undefined);
    expect([done, status, headers.get('ETag')]).toEqual([false, 200, '"abc"']);
  });

  it.each(['"abc"', 'W/"abc"', '"x", "abc"', '*'])('is answered 304 where it has %s', (tags) => {
    expect(ask(tags)).toMatchObject({ done: true, status: 304 });
  });

  it.each(['"abd"', 'abc', '"ABC"', ''])('is answered as usual where it has %s', (tags) => {
    expect(ask(tags)).toMatchObject({ done: false, status: 200 });
  });
});
