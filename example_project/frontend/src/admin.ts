// The admin page: how many notes there are, and by whom.
import { getCounts } from "./api";
import { find, make } from "./dom";
import { watchErrors } from "./errors";

watchErrors();

const counts = await getCounts();
find("#totals", HTMLParagraphElement).textContent =
  `${counts.notes} on the board, ${counts.removed} taken down`;
find("#authors", HTMLTableSectionElement).append(
  ...Object.entries(counts.authors)
    .sort(([, a], [, b]) => b - a)
    .map(([author, notes]) => make("tr", make("td", author), make("td", String(notes)))),
);
