import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { toBrokerError } from '../../../../broker/domain/errors.ts';
import { sendProblem } from '../../../../broker/dicomweb/http/problem.ts';
import { wadoRouter, type WadoRouterOptions } from '../../../../broker/dicomweb/retrieve/wado-routes.ts';

it.each(['HEAD', 'POST', 'DELETE'])(
  '%s of an instance is refused with 405, and starts nothing',
  async (method) => {
    const touched = (): never => {
      throw new Error('A refused method reached the retrieval.');
    };
    const options = new Proxy({}, { get: touched, ownKeys: () => [] }) as WadoRouterOptions;
    const app = express();
    app.use(wadoRouter(options));
    app.use(((thrown, request, response, _next) => {
      sendProblem(response, toBrokerError(thrown), request.headers.accept);
    }) satisfies express.ErrorRequestHandler);
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/studies/1.2/series/1.3/instances/1.4`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);
