// Says of each script named on standard input, one path a line, where its comments stand and which
// map it refers to: by acorn (argument: its folder), and by V8 itself if it is no module.
const fs = require("fs");
const vm = require("vm");

const acorn = require(process.argv[2]);
const REFERENCE = /^[#@]\s*sourceMappingURL=(.*)$/;

// Comments, and the end of the last token; null if that is no JavaScript. A hashbang is no comment.
function read(text) {
  for (const sourceType of ["script", "module"]) {
    const comments = [];
    let end = 0;
    try {
      acorn.parse(text, {
        ecmaVersion: "latest",
        sourceType,
        allowHashBang: true,
        onToken: (token) => {
          if (token.type !== acorn.tokTypes.eof) end = token.end;
        },
        onComment: (isBlock, content, start, end) => {
          if (!text.startsWith("#!", start)) comments.push({ isBlock, content, start, end });
        },
      });
      const hashbang = /^\ufeff?#!.*/.exec(text);
      return { comments, end: Math.max(end, hashbang ? hashbang[0].length : 0) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}

function referenceOf(comments, text) {
  const lines = comments.filter(({ start }) => text.startsWith("//", start));
  const values = lines.map(({ content }) => REFERENCE.exec(content)).filter(Boolean);
  return values.length ? values.at(-1)[1].trim() || null : null;
}

function referenceByV8(text) {
  try {
    return { v8: new vm.Script(text).sourceMapURL || null };
  } catch (error) {
    return {};
  }
}

for (const path of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const text = fs.readFileSync(path, "utf8");
  const found = read(text);
  let character = 0;
  let byte = 0;
  const offset = (position) => {
    byte += Buffer.byteLength(text.slice(character, position));
    character = position;
    return byte;
  };
  const places = found?.comments.map((each) => [offset(each.start), offset(each.end), each.isBlock]);
  const codeEnd = found && Buffer.byteLength(text.slice(0, found.end));
  const reference = found && referenceOf(found.comments, text);
  const said = { path, comments: places ?? null, codeEnd, reference, ...referenceByV8(text) };
  console.log(JSON.stringify(said));
}
