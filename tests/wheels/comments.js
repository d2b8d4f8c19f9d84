// Says of each script named on standard input, one path a line, where its comments stand and which
// map it refers to: by acorn (argument: its folder), and by V8 itself if it is no module.
const fs = require("fs");
const vm = require("vm");

const acorn = require(process.argv[2]);
const REFERENCE = /^[#@]\s*sourceMappingURL=(.*)$/;

function readComments(text) {
  for (const sourceType of ["script", "module"]) {
    const comments = [];
    const onComment = (isBlock, content, start, end) => {
      if (!isBlock && !text.startsWith("#!", start)) comments.push({ content, start, end });
    };
    try {
      acorn.parse(text, { ecmaVersion: "latest", sourceType, allowHashBang: true, onComment });
      return comments;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}

function referenceOf(comments) {
  const values = comments.map(({ content }) => REFERENCE.exec(content)).filter(Boolean);
  const words = values.length ? values.at(-1)[1].trim().split(/\s+/) : [];
  return words.length === 1 && words[0] ? words[0] : null;
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
  const comments = readComments(text);
  let character = 0;
  let byte = 0;
  const offset = (position) => {
    byte += Buffer.byteLength(text.slice(character, position));
    character = position;
    return byte;
  };
  const places = comments && comments.map(({ start, end }) => [offset(start), offset(end)]);
  const reference = comments && referenceOf(comments);
  console.log(JSON.stringify({ path, comments: places, reference, ...referenceByV8(text) }));
}
