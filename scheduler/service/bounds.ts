/** How far a service may depart from its desired count while tasks are replaced. */
export interface ServiceBounds {
  /** Healthy RUNNING tasks that must remain. */
  readonly lower: number;
  /** RUNNING and PENDING tasks allowed; tasks that are being stopped do not count. */
  readonly upper: number;
}

/** The bounds from minimumHealthyPercent (rounded up) and maximumPercent (rounded down). */
export const serviceBounds = (
  desired: number,
  percents: { readonly minimumHealthyPercent: number; readonly maximumPercent: number },
): ServiceBounds => ({
  lower: Math.ceil((desired * percents.minimumHealthyPercent) / 100),
  upper: Math.floor((desired * percents.maximumPercent) / 100),
});
