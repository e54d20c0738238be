/** How long the rows of INACTIVE resources stay. */

/** INACTIVE services and container instances can be described for this long. */
export const DESCRIBABLE_WHEN_INACTIVE = "interval '1 hour'";
/**
 * They are removed later than that, so that nobody who just found one meets a gap. Clusters and capacity providers can be
 * described until then.
 */
export const REMOVED_WHEN_INACTIVE = "interval '1 day'";
