import { prepareInterface } from './app-parts.ts';

await prepareInterface();
