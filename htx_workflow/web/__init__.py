"""The portal (cổng): server-rendered pages that work without JavaScript. A GET writes nothing."""
