import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';
import { unbuiltPage } from './unbuilt-page.ts';

/**
 * The user interface: a page and its files, for anybody who may connect, without a token; it holds no secret.
 * @param directory of the built page; undefined, or one without a page, answers how to build it
 */
export function pageRoutes(directory: string | undefined): Router {
  const router = Router();
  if (directory === undefined || !existsSync(join(directory, 'index.html'))) {
    router.get('/', (_request, response) => {
      response.status(503).setHeader('Cache-Control', 'no-store').type('html').send(unbuiltPage);
    });
    return router;
  }
  router.use(
    express.static(directory, {
      redirect: false,
      setHeaders: (response, path) => {
        response.setHeader('Cache-Control', isHashed(path) ? immutable : 'no-cache');
      },
    }),
  );
  return router;
}

const immutable = 'public, max-age=31536000, immutable';

/** True for a file whose name changes with its content, as the build names all but the page: `index-BxK29c1f.js`. */
function isHashed(path: string): boolean {
  return /-[\w-]{8}\.[a-z0-9]+$/.test(path);
}
