import { cp, mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../child.mjs';
import { readContainerfile, type Stage } from './containerfile.ts';

const context = fileURLToPath(new URL('../..', import.meta.url));
const containerfile = fileURLToPath(new URL('./Containerfile', import.meta.url));
const runWithinMs = 10 * 60_000;
/** Paths that the container file makes, wherever they stand in a command. */
const madePaths = /(?<=^|[\s=])\/(build|app|dcmrs-broker)\b/g;

/** What an engine would keep as the image: where it starts, with which variables and as whom, and what. */
export interface UnpackedImage {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

interface UnfinishedImage {
  directory: string;
  env: Record<string, string>;
  user: string;
  ports: string[];
  volumes: string[];
  command: string[];
  healthCheck: string[];
}

/**
 * Takes the steps of the container file in a folder, for machines without a container engine: each stage gets a
 * folder in place of its file system. The base image is this machine, with the Node that runs this.
 * @param root empty folder
 * @throws Error that names the step which failed
 */
export async function buildWithoutEngine(root: string): Promise<UnpackedImage> {
  const stages = readContainerfile(await readFile(containerfile, 'utf8'));
  let image: UnpackedImage | undefined;
  for (const stage of stages) image = await buildStage(stage, root);
  if (image === undefined) throw new Error('The container file has no stage.');
  return image;
}

async function buildStage(stage: Stage, root: string): Promise<UnpackedImage> {
  const stageRoot = join(root, stage.name);
  const placed = (text: string): string => text.replace(madePaths, (path) => join(stageRoot, path));
  const image: UnfinishedImage = {
    directory: stageRoot,
    env: {},
    user: '',
    ports: [],
    volumes: [],
    command: [],
    healthCheck: [],
  };
  for (const { name, text } of stage.instructions) {
    switch (name) {
      case 'WORKDIR':
        image.directory = placed(text);
        await mkdir(image.directory, { recursive: true });
        break;
      case 'ENV':
        Object.assign(image.env, variablesIn(placed(text)));
        break;
      case 'COPY':
        await copy(text, root, image.directory);
        break;
      case 'RUN':
        await run(placed(text), image);
        break;
      case 'USER':
        image.user = text;
        break;
      case 'EXPOSE':
        image.ports = text.split(' ');
        break;
      case 'VOLUME':
        image.volumes = placed(text).split(' ');
        break;
      case 'HEALTHCHECK':
        image.healthCheck = listIn(text.slice(text.indexOf('[')));
        break;
      case 'CMD':
        image.command = listIn(text);
        break;
      default:
        throw new Error(`${name} is not known here.`);
    }
  }
  return image;
}

/** Copies as an engine does: a folder's content into the target, files into it where it ends with a slash. */
async function copy(text: string, root: string, directory: string): Promise<void> {
  const words = text.split(' ');
  const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
  const target = words.pop() ?? '';
  for (const source of words) {
    const path = from === undefined ? join(context, source) : join(root, from, source);
    const isInto = target.endsWith('/');
    const name = source.slice(source.lastIndexOf('/') + 1);
    const written = join(directory, target, isInto ? name : '');
    await mkdir(dirname(written), { recursive: true });
    await cp(path, written, { recursive: true, dereference: false });
  }
}

async function run(command: string, { directory, env }: UnfinishedImage): Promise<void> {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  let output = '';
  const { code } = await runChild('/bin/sh', ['-c', command], {
    cwd: directory,
    env: { ...process.env, ...env, PATH: path },
    timeLimitInMs: runWithinMs,
    onOutput: (text) => (output = (output + text).slice(-4_000)),
  });
  if (code !== 0) throw new Error(`RUN ${command} failed:\n${output}`);
}

function variablesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(' ').map((entry) => {
      const [name = '', ...value] = entry.split('=');
      return [name, value.join('=')];
    }),
  );
}

function listIn(text: string): string[] {
  return JSON.parse(text) as string[];
}
