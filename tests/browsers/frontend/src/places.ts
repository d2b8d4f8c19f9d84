// Keeps how the browser writes the place where it is, for the tests to read.
interface Seen extends Window {
  places?: string[];
}

export function notePlace(): void {
  const page = window.top as Seen;
  (page.places ??= []).push(new Error().stack ?? "");
}
