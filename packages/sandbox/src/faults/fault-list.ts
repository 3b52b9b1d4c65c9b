import {
  type CallDescription,
  type Fault,
  type FaultInput,
  faultSchema,
  matchesCall,
} from './fault.ts';

const mostFaults = 1_000;

export type ListedFault = Fault & { id: string; struck: number };

/** The faults that are switched on. */
export interface FaultList {
  /** Returns the fault's id. Throws a ZodError where the fault is malformed. */
  add(fault: FaultInput): string;
  list(): ListedFault[];
  /** Switches one off, or all. */
  clear(id?: string): void;
  /** The first fault that matches the call, counted as struck. */
  take(call: CallDescription): Fault | undefined;
}

export function createFaultList(): FaultList {
  let faults: ListedFault[] = [];
  let nextNumber = 1;
  return {
    add(input) {
      if (faults.length >= mostFaults)
        throw new Error(`more than ${mostFaults} faults: clear some`);
      const id = `fault_${nextNumber}`;
      nextNumber += 1;
      faults.push({ ...faultSchema.parse(input), id, struck: 0 });
      return id;
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear(id) {
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
    },
    take(call) {
      const fault = faults.find((each) => matchesCall(each.match, call));
      if (fault === undefined) return undefined;
      fault.struck += 1;
      if (fault.times !== 'always' && fault.struck >= fault.times) {
        faults = faults.filter((each) => each !== fault);
      }
      return fault;
    },
  };
}
