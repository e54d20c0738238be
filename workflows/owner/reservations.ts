/**
 * What an owner hears while reservations of its are under way. Their tasks may be in the store already, for everybody to see,
 * before the owner holds them: what is said of them meanwhile must not get lost.
 */
import { condition, patched } from '@temporalio/workflow';
import type { InstanceNotice } from '../../model/owner-signals.ts';

export class Reservations {
  readonly #tell: (notice: InstanceNotice) => void;
  #underWay = 0;
  #notices: InstanceNotice[] = [];

  /** `tell` gives the owner a notice again, for the tasks that it holds by then. */
  constructor(tell: (notice: InstanceNotice) => void) {
    this.#tell = tell;
  }

  /** Call `end` once the owner knows the tasks, without an `await` in between: that would delay commands, and older histories would not replay. */
  begin(): void {
    this.#underWay += 1;
  }

  /** The notices that came meanwhile follow, before a launch leaves. */
  end(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#tellAgain();
  }

  /** The owner has heard the notice. */
  heard(notice: InstanceNotice): void {
    if (this.#underWay > 0 && (notice.kind === 'lost' || notice.kind === 'interrupted')) this.#notices.push(notice);
  }

  get areUnderWay(): boolean {
    return this.#underWay > 0;
  }

  /** Resolves when none is under way, for a call about tasks that the owner does not hold. */
  async settled(): Promise<void> {
    if (patched('calls-wait-for-reservations')) await condition(() => this.#underWay === 0);
  }

  #tellAgain(): void {
    const notices = this.#notices;
    this.#notices = [];
    if (notices.length > 0 && patched('notices-follow-reservations')) for (const notice of notices) this.#tell(notice);
  }
}
