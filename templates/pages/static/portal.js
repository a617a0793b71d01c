/* Small helps of the portal; every page works without them.
   button[data-once]   sends once: a second press of the same form is stopped
   .copy               shows its button and copies the text beside it
   form[data-autosave] posts itself in the background when a field of it changed; says "đã lưu lúc …" in .autosaved;
                       a button pressed meanwhile waits for the answer, so that it sends the version that stands now
   form[data-total]    adds up the points typed in [data-adds] into [data-sum] of the same code, and all into [data-sum="*"]
   .tabs               shows the tab one is on, where there are more than fit
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

  document.querySelectorAll("form[data-total]").forEach(function (form) {
    form.addEventListener("input", function (event) {
      if (event.target.dataset.adds !== undefined) add(form);
    });
  });

  function add(form) {
    var sums = {"*": 0}, lacking = {};
    form.querySelectorAll("[data-adds]").forEach(function (box) {
      var text = box.value.trim() === "=" ? box.dataset.same || "" : box.value.trim();
      var code = box.dataset.adds, given = /^\d{1,3}([.,]\d{1,2})?$/.test(text) ? Math.round(parseFloat(text.replace(",", ".")) * 100) : NaN;
      if (isNaN(given)) lacking[code] = lacking["*"] = true;
      else sums[code] = (sums[code] || 0) + given, sums["*"] += given;
    });
    form.querySelectorAll("[data-sum]").forEach(function (place) {
      var code = place.dataset.sum;
      place.textContent = String((sums[code] || 0) / 100).replace(".", ",") + (lacking[code] ? " …" : "");
    });
  }

  document.querySelectorAll(".tabs [aria-current]").forEach(function (tab) {
    for (var strip = tab.parentElement; strip && strip !== document.body; strip = strip.parentElement)
      if (strip.scrollWidth > strip.clientWidth) {
        strip.scrollLeft += tab.getBoundingClientRect().left - strip.getBoundingClientRect().left - 24;
        return;
      }
  });

  var errors = document.getElementById("loi");
  if (errors) errors.focus();
})();
