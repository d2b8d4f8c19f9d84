// The JSON API of pinboard/app.py.

export interface Note {
  readonly id: number;
  readonly author: string;
  readonly text: string;
}

export interface Counts {
  readonly notes: number;
  readonly removed: number;
  readonly authors: Readonly<Record<string, number>>;
}

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const listNotes = (): Promise<Note[]> => request("GET", "notes");

export const addNote = (note: Omit<Note, "id">): Promise<Note> => request("POST", "notes", note);

export const removeNote = (id: number): Promise<void> => request("DELETE", `notes/${id}`);

export const getCounts = (): Promise<Counts> => request("GET", "counts");

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(`/api/${path}`, init);
  const text = await response.text();
  if (!response.ok) {
    throw new ApiError(response.status, detailOf(text) ?? response.statusText);
  }
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function detailOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === "string" ? detail : undefined;
  } catch {
    return undefined;
  }
}
