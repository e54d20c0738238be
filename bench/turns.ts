/** Measures both sides of a comparison in turns, so that other work on the machine affects both alike. */

export type Side = 'door' | 'direct';

/** Neither is always the second: whoever is has a larger database. */
export async function inTurns(rounds: number, turn: (side: Side, round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['door', 'direct'] as const) : (['direct', 'door'] as const);
    for (const side of order) await turn(side, round);
  }
}
