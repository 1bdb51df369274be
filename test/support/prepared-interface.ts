import { prepareInterface } from '../../build/app-parts.ts';

/** Before the integration tests: what hosts serve and packages hold is built once, from the sources of now. */
export default prepareInterface;
