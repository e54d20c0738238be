/** After a workflow step was lost: what an owner holds and what the store has become the same again. */
import { log } from '@temporalio/workflow';
import type { OwnerDifferences, OwnerView } from '../../model/owner-view.ts';
import { callControl } from './control.ts';
import { doubtRows, rowsAreInDoubt } from './marked-writes.ts';
import type { RecordWriter } from './record-writer.ts';

export interface MendOptions {
  readonly writer: RecordWriter;
  /** As of the moment of the call. */
  readonly view: () => OwnerView;
  /** False: some of it has changed meanwhile, and is to be compared again. */
  readonly mend: (found: OwnerDifferences) => boolean;
}

/** Until nothing is in doubt. Not while a reservation is under way: its tasks would be taken for unknown. */
export async function mendRows({ writer, view, mend }: MendOptions): Promise<void> {
  while (rowsAreInDoubt()) {
    await writer.flushed();
    doubtRows(false);
    // What waits to be written differs for a good reason.
    const found = await callControl((activities) =>
      writer.idle ? activities.compareOwner(view()) : Promise.resolve(undefined),
    );
    if (found) log.warn('a step was lost after it had written; mending rows', { tasks: found.tasks.length });
    if (!found || !mend(found)) doubtRows(true);
    // The next placement goes by the rows.
    await writer.flushed();
  }
}
