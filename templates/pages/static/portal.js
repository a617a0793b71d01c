/* Small helps of the portal; every page works without them.
   button[data-once]   sends once: a second press of the same form is stopped
   .copy               shows its button and copies the text beside it
   form[data-autosave] posts itself in the background when a field of it changed; says "đã lưu lúc …" in .autosaved;
                       a button pressed meanwhile waits for the answer, so that it sends the version that stands now
   form.guarded        warns before its page is left with unsaved text */
(function () {
  "use strict";
  var words = document.body.dataset;

  document.addEventListener("submit", function (event) {
    var form = event.target;
    form.sent = true;
    if (form.method !== "post") return;
    if (form.busy) {
      event.preventDefault();
      return;
    }
    form.busy = true;
    setTimeout(function () {
      form.querySelectorAll("button[data-once]").forEach(function (button) { button.disabled = true; });
    }, 0);
    setTimeout(function () { release(form); }, 8000);
  });

  function release(form) {
    form.busy = false;
    form.querySelectorAll("button[data-once]").forEach(function (button) { button.disabled = false; });
  }

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form").forEach(function (form) { form.sent = false; release(form); });
  });

  document.querySelectorAll(".copy").forEach(function (box) {
    var button = box.querySelector("button");
    var text = box.querySelector("[data-copy]");
    var label = button.textContent;
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(text.innerText.trim()).then(function () {
        button.textContent = words.copied;
        setTimeout(function () { button.textContent = label; }, 2500);
      });
    });
  });

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form) form.changed = true;
  });

  window.addEventListener("beforeunload", function (event) {
    var unsaved = Array.prototype.some.call(document.querySelectorAll("form.guarded"), function (form) {
      return form.changed && !form.sent;
    });
    if (unsaved) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  document.querySelectorAll("form[data-autosave]").forEach(function (form) {
    var said = form.querySelector(".autosaved");
    var saving = false, again = false, pressed = null;
    form.addEventListener("change", save);
    form.addEventListener("submit", function (event) {
      if (!saving) return;
      event.preventDefault();
      event.stopPropagation();
      pressed = {by: event.submitter};
    });

    function save(event) {
      if (event && event.target.type === "file") return;
      if (saving) {
        again = true;
        return;
      }
      saving = true;
      form.changed = false;
      fetch(form.dataset.autosave || form.action, {
        method: "POST", body: fields(), credentials: "same-origin", redirect: "manual", headers: {"X-Autosave": "1"}
      }).then(tell, lost).then(function () {
        saving = false;
        if (pressed) {
          form.requestSubmit(pressed.by);
          pressed = null;
          return;
        }
        if (again) {
          again = false;
          save();
        }
      });
    }

    function fields() {
      var data = new FormData(form), plain = new URLSearchParams();
      data.forEach(function (value, name) { if (typeof value === "string") plain.append(name, value); });
      return plain;
    }

    function tell(answer) {
      if (!answer.ok && answer.type !== "opaqueredirect") return lost();
      var version = answer.headers.get("X-Draft-Version");
      if (version && form.elements.phien_ban) form.elements.phien_ban.value = version;
      var now = new Date();
      said.textContent = words.saved + " " + ("0" + now.getHours()).slice(-2) + ":" + ("0" + now.getMinutes()).slice(-2);
    }

    function lost() {
      form.changed = true;
      said.textContent = words.unsaved;
    }
  });

  var errors = document.getElementById("loi");
  if (errors) errors.focus();
})();
