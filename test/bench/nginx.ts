import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

export interface Nginx extends AsyncDisposable {
  /** Root URL, with a slash at its end. */
  readonly url: string;
}

/** nginx (Debian package nginx-light) that sends the files of a directory by sendfile, on loopback. */
export async function startNginx(root: string): Promise<Nginx> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('bench-nginx'));
  const port = await freePort();
  const configuration = join(directory.path, 'nginx.conf');
  await mkdir(join(directory.path, 'temporary'));
  await writeFile(configuration, configurationText(directory.path, root, port));
  stack.use(
    await startChild({
      command: '/usr/sbin/nginx',
      args: ['-p', directory.path, '-c', configuration, '-e', 'stderr'],
      ready: { port },
    }),
  );
  const owned = stack.move();
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Paths of its own for everything that it writes, so that it needs no rights; one process, easily ended. */
function configurationText(directory: string, root: string, port: number): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
events {}
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  ${kinds.map((kind) => `${kind}_temp_path ${directory}/temporary/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
  }
}
`;
}
