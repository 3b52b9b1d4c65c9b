import type { Contender } from '../contender.ts';
/** Restate on one machine: a service of three steps in `ctx.run`, called through its ingress, then attached to. */
export declare const restate: Contender;
