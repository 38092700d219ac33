"use strict";

const element = (id) => document.getElementById(id);
let token = sessionStorage.getItem("token") || "";
/** What questions are about: { document, label, warnings }. */
let chosen = null;
/** Stops what is being learned. */
let learning = null;
/** Warnings by document, as they were told when it was learned. */
const warnings = new Map();

/** A new element with a class and a text. */
function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function request(path, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(path, { ...options, headers });
  if (response.ok) return response;
  if (response.status === 401) element("access").hidden = false;
  let message = `${response.status} ${response.statusText}`;
  try { message = (await response.json()).error.message; } catch { /* The status says it. */ }
  throw new Error(message);
}

/** Calls a method and yields its events, [name, data], until it ends. */
async function* events(method, parameters, signal) {
  const response = await request(`/api/${method}`, {
    method: "POST", signal, body: JSON.stringify(parameters),
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (buffer + value).split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (name) yield [name, JSON.parse(data)];
    }
  }
}

async function call(method, parameters = {}) {
  const response = await request(`/api/${method}`, {
    method: "POST", body: JSON.stringify(parameters), headers: { "Content-Type": "application/json" },
  });
  return response.json();
}

/** Draws the loss before each step. */
function plot(losses) {
  const svg = element("plot");
  svg.replaceChildren();
  if (losses.length === 0) return;
  const draw = (tag, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    svg.append(made);
  };
  const top = Math.max(...losses, 0.001);
  const x = (index) => 40 + (losses.length < 2 ? 0 : (index * 345) / (losses.length - 1));
  const y = (loss) => 100 - (loss / top) * 85;
  draw("polyline", { points: losses.map((loss, index) => `${x(index)},${y(loss)}`).join(" ") });
  losses.forEach((loss, index) => draw("circle", { cx: x(index), cy: y(loss), r: 3 }));
  draw("text", { x: 0, y: y(top) + 4 }, top.toFixed(2));
  draw("text", { x: 0, y: 104 }, "0.00");
  draw("text", { x: 40, y: 117 }, `loss before each step, last ${losses[losses.length - 1].toFixed(3)}`);
  svg.setAttribute("aria-label", `Loss by step: ${losses.map((loss) => loss.toFixed(3)).join(", ")}`);
}

function say(text, isBad = false) {
  element("learning").textContent = text;
  element("learning").className = isBad ? "bad" : "";
}

async function learn(text, name) {
  const parameters = { text };
  if (name) parameters.name = name;
  learning?.abort();
  learning = new AbortController();
  const mine = learning;
  const losses = [];
  element("warnings").replaceChildren();
  element("submit").disabled = true;
  element("cancel").hidden = false;
  element("loss").hidden = true;
  say("Waiting…");
  try {
    for await (const [event, data] of events("documents/submit", parameters, mine.signal)) {
      if (event === "error") throw new Error(data.error.message);
      if (event === "progress") {
        element("loss").hidden = false;
        element("progress").value = ((data.step - 1) * data.segments + data.segment) / (data.steps * data.segments);
        say(`Step ${data.step} of ${data.steps}, segment ${data.segment} of ${data.segments}`);
        if (data.loss !== null && losses.length < data.step - 1) losses.push(data.loss);
        plot(losses);
      }
      if (event === "result") {
        element("loss").hidden = false;
        element("progress").value = 1;
        plot(data.losses);
        say(data.cached ? `Known already: ${data.tokens} tokens.`
          : `Learned ${data.tokens} tokens in ${data.seconds.toFixed(1)} s.`);
        warnings.set(data.document, data.warnings);
        element("warnings").replaceChildren(...data.warnings.map((warning) => make("li", "", warning)));
        await list();
        choose(data.document, name || data.document);
        element("question").focus();
      }
    }
  } catch (error) {
    say(mine.signal.aborted ? "Cancelled." : error.message, !mine.signal.aborted);
  } finally {
    if (learning === mine) {
      element("submit").disabled = false;
      element("cancel").hidden = true;
    }
  }
}

function choose(document, label) {
  chosen = { document, label };
  element("about").textContent = `About ${label}`;
  element("question").disabled = false;
  element("send").disabled = false;
  for (const button of element("documents").querySelectorAll("[data-document]")) {
    button.setAttribute("aria-pressed", String(button.dataset.document === document));
  }
}

async function ask(question) {
  const entry = make("article", "answer");
  const said = make("p", "said");
  const detail = make("p", "detail");
  entry.append(make("p", "asked", `${question} (${chosen.label})`), said, detail);
  element("answers").prepend(entry);
  element("send").disabled = true;
  try {
    for await (const [event, data] of events("questions/ask", { document: chosen.document, question })) {
      if (event === "error") throw new Error(data.error.message);
      if (event === "delta") said.textContent += data.delta;
      if (event === "result") {
        said.textContent = data.answer;
        const sure = data.confidence === undefined ? "no confidence: the model is not calibrated"
          : `confidence ${(data.confidence * 100).toFixed(0)} %`;
        detail.textContent = `${sure}, ${data.seconds.total.toFixed(2)} s`;
        const doubts = warnings.get(chosen.document) ?? [];
        if (doubts.length) entry.append(make("p", "warnings", `Beware: ${doubts.join(" ")}`));
        if (data.support) entry.append(make("p", "detail", `from: ${data.support}`));
      }
    }
  } catch (error) {
    said.textContent = error.message;
    said.classList.add("bad");
  } finally {
    element("send").disabled = false;
    element("question").focus();
  }
}

async function list() {
  const { documents } = await call("documents/list");
  element("none").hidden = documents.length > 0;
  element("documents").replaceChildren(...documents.map((known) => {
    const label = known.name || `${known.document.slice(0, 19)}…`;
    const item = make("li");
    const what = make("span", "what", label);
    what.append(make("span", "meta", `${known.tokens} tokens, ${(known.bytes / 1024).toFixed(0)} KiB`));
    const use = make("button", "quiet", "Ask");
    use.type = "button";
    use.dataset.document = known.document;
    use.setAttribute("aria-label", `Ask about ${label}`);
    use.setAttribute("aria-pressed", String(known.document === chosen?.document));
    use.addEventListener("click", () => {
      choose(known.document, label);
      element("question").focus();
    });
    const remove = make("button", "quiet", "Forget");
    remove.type = "button";
    remove.setAttribute("aria-label", `Forget ${label}`);
    remove.addEventListener("click", async () => {
      try {
        await call("documents/remove", { document: known.document });
        if (chosen?.document === known.document) {
          chosen = null;
          element("about").textContent = "Learn a text, or choose a document below.";
          element("question").disabled = true;
          element("send").disabled = true;
        }
        await list();
      } catch (error) {
        say(error.message, true);
      }
    });
    item.append(what, use, remove);
    return item;
  }));
}

/** Puts a file's text, which must be UTF-8, where it can be read before it is learned. */
async function take(file) {
  try {
    element("text").value = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    element("name").value = file.name.slice(0, 256);
    say("");
    element("submit").focus();
  } catch {
    say(`${file.name} is no text in UTF-8.`, true);
  }
}

async function begin() {
  try {
    const status = await call("server/status");
    const model = status.model.split("/").pop();
    element("model").textContent = `Model ${model}${status.metaTrained ? "" : " (untrained)"}, version ${status.version}`;
    await list();
  } catch (error) {
    say(error.message, true);
  }
}

element("learn").addEventListener("submit", (event) => {
  event.preventDefault();
  learn(element("text").value, element("name").value.trim());
});
element("cancel").addEventListener("click", () => learning?.abort());
element("file").addEventListener("change", (event) => {
  if (event.target.files.length) take(event.target.files[0]);
  event.target.value = "";
});
element("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = element("question").value.trim();
  if (!question || !chosen) return;
  element("question").value = "";
  ask(question);
});
element("access").addEventListener("submit", (event) => {
  event.preventDefault();
  token = element("token").value;
  sessionStorage.setItem("token", token);
  element("access").hidden = true;
  say("");
  begin();
});
const panel = element("learn").closest(".panel");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    panel.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) panel.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  panel.classList.remove("over");
  const file = event.dataTransfer.files[0];
  if (file) take(file);
  else element("text").value = event.dataTransfer.getData("text/plain");
});
begin();
