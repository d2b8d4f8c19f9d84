// The board's page: its notes, and a form to add one.
import { addNote, listNotes, type Note, removeNote } from "./api";
import { find, make } from "./dom";
import { watchErrors } from "./errors";

watchErrors();

const form = find("#new-note", HTMLFormElement);
const list = find("#notes", HTMLUListElement);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  const note = await addNote({
    author: String(fields.get("author")),
    text: String(fields.get("text")),
  });
  list.append(render(note));
  find("[name=text]", HTMLInputElement).value = "";
});

list.append(...(await listNotes()).map(render));

function render(note: Note): HTMLLIElement {
  const remove = make("button", "Take down");
  const item = make("li", make("p", note.text), make("small", note.author), remove);
  remove.addEventListener("click", async () => {
    await removeNote(note.id);
    item.remove();
  });
  return item;
}
