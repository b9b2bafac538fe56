/** `T`, where what is optional is absent rather than undefined. */
export type Exact<T> = T extends readonly (infer U)[] ? Exact<U>[]
  : T extends object ? { [K in keyof T]: Exact<Exclude<T[K], undefined>> }
  : T;

/** For values that came as JSON, which has no undefined. */
export function exact<T>(value: T): Exact<T>;
export function exact(value: unknown): unknown {
  return value;
}
