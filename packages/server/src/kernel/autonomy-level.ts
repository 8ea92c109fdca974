/** How much of a workflow happens without a person, the least first. */
export const autonomyLevels = ['draft', 'approve', 'sample', 'unattended'] as const;
export type AutonomyLevel = (typeof autonomyLevels)[number];

/** The one that lets less happen. */
export function lessOf(one: AutonomyLevel, other: AutonomyLevel): AutonomyLevel {
  return autonomyLevels.indexOf(one) <= autonomyLevels.indexOf(other) ? one : other;
}

/** One step down or up; undefined where there is none. */
export function stepFrom(level: AutonomyLevel, steps: 1 | -1): AutonomyLevel | undefined {
  return autonomyLevels[autonomyLevels.indexOf(level) + steps];
}
