//! A page of HTML that is being written: everything it needs is in it.

/// Readable on a screen and on paper, by any browser.
const STYLE: &str = "
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2421; background: #fff; max-width: 1080px;
       margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; font-size: .85rem; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid #dfe3e0; }
td { font-variant-numeric: tabular-nums; } small { color: #5c6660; white-space: nowrap; }
figure { margin: 1.5rem 0; } svg { max-width: 100%; height: auto; }
@media print { body { margin: 0; } figure, tr { break-inside: avoid; } }
";

pub(super) struct Page(String);

impl Page {
    pub(super) fn new(title: &str) -> Self {
        let title = escaped(title);
        Self(format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        ))
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line(&format!("<h2>{}</h2>", escaped(text)));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.line(&format!("<p>{}</p>", escaped(text)));
    }

    pub(super) fn strong(&mut self, text: &str) {
        self.line(&format!("<p><strong>{}</strong></p>", escaped(text)));
    }

    /// A table; its cells are HTML already.
    pub(super) fn table(&mut self, head: &[String], rows: impl Iterator<Item = Vec<String>>) {
        let head: Vec<String> = head.iter().map(|cell| escaped(cell)).collect();
        self.line(&format!("<table>\n<thead><tr><th>{}</th></tr></thead>\n<tbody>", head.join("</th><th>")));
        for row in rows {
            self.line(&format!("<tr><td>{}</td></tr>", row.join("</td><td>")));
        }
        self.line("</tbody>\n</table>");
    }

    /// A picture that is SVG, with its title for those who can't see it.
    pub(super) fn figure(&mut self, title: &str, svg: &str) {
        self.line(&format!("<figure role=\"img\" aria-label=\"{}\">\n{svg}\n</figure>", escaped(title)));
    }

    pub(super) fn finish(mut self) -> String {
        self.line("</body>\n</html>");
        self.0
    }
}

/// Text as it stands in HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(super) fn bold_if(is_bold: bool, text: &str) -> String {
    if is_bold { format!("<b>{text}</b>") } else { text.to_owned() }
}
