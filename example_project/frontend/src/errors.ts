// What every page does with an error that nothing caught: show it, and tell Sentry.
import { find } from "./dom";
import { openDrawer } from "./trouble";

export function watchErrors(): void {
  addEventListener("error", (event) => show(event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => show(event.reason));
  find("#break", HTMLButtonElement).addEventListener("click", () => openDrawer("pins"));

  const { sentryDsn, release } = document.documentElement.dataset;
  if (sentryDsn && release) {
    // A chunk of its own, fetched only where there is somewhere to report to.
    void import("./sentry").then(({ startSentry }) => startSentry(sentryDsn, release));
  }
}

function show(error: unknown): void {
  const output = find("#error", HTMLPreElement);
  output.textContent = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  output.hidden = false;
}
