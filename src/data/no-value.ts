/** Null, undefined, NaN and invalid dates: values that are none. */
export const isNoValue = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  Number.isNaN(value) ||
  (value instanceof Date && Number.isNaN(value.getTime()))
