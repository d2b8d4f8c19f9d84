// Loaded when it is needed, so bundlers make a script of its own of it.
import { notePlace } from "./places";

export function titleOf(names: readonly string[]): string {
  notePlace();
  const [first] = names;
  return first!.toUpperCase();
}
