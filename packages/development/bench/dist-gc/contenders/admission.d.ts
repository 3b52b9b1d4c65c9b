import type { Contender } from '../contender.ts';
/** The floor of admission. */
export declare const bareExpress: Contender;
/** Jobs are accepted, and nobody works on them. */
export declare const admission: Contender;
