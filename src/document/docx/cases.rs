//! Constructs of WordprocessingML within the answer cell of a form, and the text that each shows.

use super::super::testing::{p, r, tbl, tc, tr};

/// A case: what it is, the content of the cell, the text that it shows.
pub(super) type Case = (&'static str, String, &'static str);

pub(super) const A: &str = "АБВ";

pub(super) fn sdt(content: &str, properties: &str) -> String {
    format!("<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>")
}

fn vml(content: &str) -> String {
    format!(
        r#"<w:pict><v:shape id="s"><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox></v:shape></w:pict>"#
    )
}

fn dml(content: &str) -> String {
    format!(
        "<w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{content}</w:txbxContent>\
         </wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
}

fn alternative(choice: &str, fallback: &str) -> String {
    format!(
        r#"<mc:AlternateContent><mc:Choice Requires="wps">{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"#
    )
}

fn field(instruction: &str, result: &str, data: &str) -> String {
    format!(
        r#"<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>"#
    )
}

/// All cases.
pub(super) fn cells() -> Vec<Case> {
    [text(), controls(), fields(), changes(), structures()].concat()
}

const DELETION: &str = r#"<w:del w:id="2" w:author="b"><w:r><w:delText>Г</w:delText></w:r></w:del>"#;

fn ins(content: &str) -> String {
    format!(r#"<w:ins w:id="1" w:author="a">{content}</w:ins>"#)
}

/// Plain text and what stands for a character.
fn text() -> Vec<Case> {
    vec![
        ("plain", p(&r(A)), A),
        ("two paragraphs", p(&r("А")) + &p(&r("Б")), "А\nБ"),
        (
            "tab, br, cr",
            p("<w:r><w:t>А</w:t><w:tab/><w:t>Б</w:t><w:br/><w:t>В</w:t><w:cr/><w:t>Г</w:t></w:r>"),
            "А\tБ\nВ\nГ",
        ),
        ("page break in a cell", p("<w:r><w:t>А</w:t><w:br w:type=\"page\"/><w:t>Б</w:t></w:r>"), "А\nБ"),
        ("no-break hyphen", p("<w:r><w:t>8</w:t><w:noBreakHyphen/><w:t>800</w:t></w:r>"), "8-800"),
        ("entities and CDATA", p("<w:r><w:t>А &amp; &lt;Б&gt; &#1042;<![CDATA[ Г&]]></w:t></w:r>"), "А & <Б> В Г&"),
        ("line ends of the file", p("<w:r><w:t>А\nБ</w:t></w:r>"), "А Б"),
    ]
}

/// Content controls (§17.5.2) and symbols.
fn controls() -> Vec<Case> {
    vec![
        ("control in a line", p(&(r("А") + &sdt(&r("Б"), "") + &r("В"))), A),
        ("control of paragraphs", sdt(&p(&r(A)), ""), A),
        ("controls in controls, line", p(&sdt(&(r("А") + &sdt(&r("Б"), "") + &r("В")), "")), A),
        ("controls in controls, paragraphs", sdt(&(p(&r("А")) + &sdt(&p(&r("Б")), "") + &p(&r("В"))), ""), "А\nБ\nВ"),
        (
            "link and insertion in a control",
            p(&sdt(&format!("<w:hyperlink>{}</w:hyperlink>{}", r("А"), ins(&r("БВ"))), "")),
            A,
        ),
        ("placeholder", sdt(&p(&r("Место для ввода текста.")), "<w:showingPlcHdr/>"), ""),
        ("placeholder in a line", p(&sdt(&r("Выберите элемент."), "<w:dropDownList/><w:showingPlcHdr/>")), ""),
        ("placeholder switched off", p(&sdt(&r(A), r#"<w:showingPlcHdr w:val="0"/>"#)), A),
        ("answer beside a placeholder", p(&(sdt(&r("Место"), "<w:showingPlcHdr/>") + &r(A))), A),
        (
            "control within a placeholder",
            p(&(sdt(&sdt(&r("Место"), "<w:showingPlcHdr/>"), "<w:showingPlcHdr/>") + &r(A))),
            A,
        ),
        (
            "drop-down",
            p(&sdt(&r(A), r#"<w:dropDownList><w:listItem w:displayText="ГДЕ" w:value="2"/></w:dropDownList>"#)),
            A,
        ),
        (
            "check box of Word 2010",
            p(&(sdt(&r("☒"), r#"<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>"#) + &r(" да"))),
            "☒ да",
        ),
        (
            "symbol of Wingdings",
            p(&(r#"<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>"#.to_owned() + &r(" да"))),
            "☑ да",
        ),
        ("letter in Wingdings", p(r#"<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>o</w:t></w:r>"#), "☐"),
    ]
}

/// Fields and legacy form fields (§17.16).
fn fields() -> Vec<Case> {
    vec![
        ("legacy text", p(&field(" FORMTEXT ", &r(A), "<w:ffData><w:textInput/></w:ffData>")), A),
        (
            "legacy check box, checked",
            p(&(field(
                " FORMCHECKBOX ",
                "",
                r#"<w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>"#,
            ) + &r(" да"))),
            "☒ да",
        ),
        (
            "legacy check box, by default",
            p(&field(" FORMCHECKBOX ", "", r#"<w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData>"#)),
            "☒",
        ),
        (
            "legacy check box, cleared",
            p(&field(
                "",
                "",
                r#"<w:ffData><w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox></w:ffData>"#,
            )),
            "☐",
        ),
        (
            "legacy drop-down",
            p(&field(
                "",
                "",
                r#"<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="ГДЕ"/><w:listEntry w:val="АБВ"/></w:ddList></w:ffData>"#,
            )),
            A,
        ),
        (
            "legacy drop-down with its result",
            p(&field(
                "",
                &r(A),
                r#"<w:ffData><w:ddList><w:result w:val="0"/><w:listEntry w:val="АБВ"/></w:ddList></w:ffData>"#,
            )),
            A,
        ),
        ("link by a field", p(&field(r#" HYPERLINK "mailto:a@b.ru" "#, &r("a@b.ru"), "")), "a@b.ru"),
        ("field in an instruction", p(&field("IF", &r(A), &field("X", &r("скрыто"), ""))), A),
        ("field without an end", p(r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#) + &p(&r(A)), "\nАБВ"),
        ("hyperlink", p(&format!("<w:hyperlink r:id=\"x\">{}</w:hyperlink>", r("a@b.ru"))), "a@b.ru"),
        ("simple field", p(&format!("<w:fldSimple w:instr=\"DATE\">{}</w:fldSimple>", r(A))), A),
    ]
}

/// Tracked changes (§17.13.5) and hidden text.
fn changes() -> Vec<Case> {
    vec![
        ("insertion", p(&(r("А") + &ins(&r("БВ")))), A),
        ("deletion", p(&(r(A) + DELETION)), A),
        ("deletion in an insertion", p(&ins(&(r(A) + DELETION))), A),
        ("move", p(&format!("<w:moveFrom>{}</w:moveFrom><w:moveTo>{}</w:moveTo>", r("Г"), r(A))), A),
        ("link in an insertion", p(&ins(&format!("<w:hyperlink>{}</w:hyperlink>", r(A)))), A),
        ("control in an insertion", p(&ins(&sdt(&r(A), ""))), A),
        ("deleted paragraph", p(&r(A)) + &p(&format!("<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{DELETION}")), A),
        ("smart tag", p(&format!("<w:smartTag>{}</w:smartTag>", r(A))), A),
        ("custom XML", format!("<w:customXml>{}</w:customXml>", p(&r(A))), A),
        ("directions", p(&format!("<w:dir w:val=\"ltr\"><w:bdo w:val=\"ltr\">{}</w:bdo></w:dir>", r(A))), A),
        ("hidden text", p(&(r(A) + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>СКРЫТО</w:t></w:r>")), A),
        ("hidden switched off", p(r#"<w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>АБВ</w:t></w:r>"#), A),
        (
            "changed properties",
            p(
                "<w:pPr><w:pPrChange><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr></w:pPrChange></w:pPr><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>АБВ</w:t></w:r>",
            ),
            A,
        ),
        ("changed paragraph mark", p(&format!("<w:pPr><w:rPr><w:ins/><w:del/></w:rPr></w:pPr>{}", r(A))), A),
    ]
}

/// Structures around and beside the text.
fn structures() -> Vec<Case> {
    vec![
        (
            "list without a definition",
            p(&format!("<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>{}", r(A))),
            A,
        ),
        ("tab stops are no tabs", p(&format!("<w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr>{}", r(A))), A),
        ("nested table", p(&r("А")) + &tbl(&tr(&tc(&p(&r("Б"))))) + &p(&r("В")), "А\nБ\nВ"),
        ("text box by VML", p(&format!("<w:r>{}</w:r>{}", vml(&p(&r("Б"))), r("А"))), "Б\nА"),
        ("text box by DrawingML", p(&format!("<w:r>{}</w:r>{}", dml(&p(&r("Б"))), r("А"))), "Б\nА"),
        (
            "text box by both",
            p(&format!("<w:r>{}</w:r>{}", alternative(&dml(&p(&r("Б"))), &vml(&p(&r("Б")))), r("А"))),
            "Б\nА",
        ),
        ("alternatives of runs", p(&(alternative(&r("Б"), &r("Б")) + &r("А"))), "БА"),
        ("alternatives of paragraphs", alternative(&p(&r("Б")), &p(&r("Б"))) + &p(&r("А")), "Б\nА"),
        ("alternative not understood", p(&(alternative(&r("?"), &r("Б")).replace("wps", "zz") + &r("А"))), "БА"),
        (
            "ruby",
            p(&format!(
                "<w:r><w:ruby><w:rubyPr/><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>{}",
                r("ф"),
                r("А"),
                r("БВ")
            )),
            A,
        ),
        ("formula", p(&format!("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>{}", r("А"))), "x=1А"),
        ("reference to a footnote", p(&(r(A) + "<w:r><w:footnoteReference w:id=\"2\"/></w:r>")), A),
        (
            "comment",
            p(&format!("<w:commentRangeStart/>{}<w:commentRangeEnd/><w:r><w:commentReference/></w:r>", r(A))),
            A,
        ),
        (
            "marks of the editor",
            p("<w:bookmarkStart/><w:proofErr/><w:r><w:lastRenderedPageBreak/><w:t>АБВ</w:t></w:r>"),
            A,
        ),
        (
            "embedded object",
            p(&("<w:r><w:object><v:shape><v:imagedata r:id=\"x\"/></v:shape></w:object></w:r>".to_owned() + &r(A))),
            A,
        ),
        ("split runs", p(&(r("А") + &r("Б") + &r("В"))), A),
        ("huge span", format!("<w:tcPr><w:gridSpan w:val=\"4294967295\"/></w:tcPr>{}", p(&r(A))), A),
    ]
}
