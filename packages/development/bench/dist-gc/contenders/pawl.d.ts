import type { Contender, Place } from '../contender.ts';
import { type RunningProgram } from '../start-program.ts';
/** Calls no model and no tool: what is left is what Pawl costs. */
export declare function startNoOpWorker(redisUrl: string, place: Place): Promise<RunningProgram>;
/** The client admits jobs in its own process. */
export declare const engine: Contender;
/** The same worker behind the gateway: a POST, then long polls. */
export declare const overHttp: Contender;
/** The real worker, whose model and tools are in another process behind HTTP and gRPC. */
export declare const overTheWire: Contender;
