import type { Curve } from './chart.ts';
import { type GrowthSettings } from './measure-growth.ts';
/**
 * By jobs that are kept in Redis. Two of everything stand side by side, one of which keeps few jobs, and are measured in
 * turns: what a process costs changes with its age, and with what else the machine does. Two alike differ, too, by how
 * their code was compiled: so what they differ by while both keep few is 1.
 */
export declare function byJobsKept({ place, kept, say }: GrowthSettings): Promise<Curve>;
