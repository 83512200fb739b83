//! One function a request: the protocol's parameters in, a feature's findings in the protocol's terms out.

use super::Server;
use crate::colour::{Colour, colours};
use crate::complete::{Sort, complete};
use crate::fix::fixes;
use crate::hover::hover;
use crate::inlay::hints;
use crate::layout::layout;
use crate::outline::{self, Entry, Fold, folds, outline};
use crate::protocol::{Places, path_of};
use crate::rename;
use lsp_types::*;
use policy::diagnostic::Text;
use policy::source::Span;
use policy::symbols::{Occurrence, Symbol, SymbolKind as NameKind};
use std::collections::HashMap;

/// The protocol's name of each colour; the last is ours, with a fallback in `editors/vscode`.
const TOKEN_TYPES: &[(Colour, SemanticTokenType)] = &[
    (Colour::Keyword, SemanticTokenType::KEYWORD),
    (Colour::Fact, SemanticTokenType::PROPERTY),
    (Colour::Param, SemanticTokenType::PARAMETER),
    (Colour::Definition, SemanticTokenType::FUNCTION),
    (Colour::Local, SemanticTokenType::VARIABLE),
    (Colour::Clause, SemanticTokenType::CLASS),
    (Colour::Choice, SemanticTokenType::ENUM_MEMBER),
    (Colour::Number, SemanticTokenType::NUMBER),
    (Colour::Unit, SemanticTokenType::TYPE),
    (Colour::Text, SemanticTokenType::STRING),
    (Colour::Comment, SemanticTokenType::COMMENT),
    (Colour::Official, SemanticTokenType::new("officialText")),
];

/// What the server can do, beside what `Server` says of itself.
pub(super) fn capabilities() -> ServerCapabilities {
    let legend = SemanticTokensLegend { token_types: TOKEN_TYPES.iter().map(|(_, name)| name.clone()).collect(), token_modifiers: Vec::new() };
    let trigger = [" ", "：", "，", "、", "「", "`"].map(String::from).to_vec();
    ServerCapabilities {
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions { trigger_characters: Some(trigger), ..CompletionOptions::default() }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
            ..CodeActionOptions::default()
        })),
        document_formatting_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions { prepare_provider: Some(true), work_done_progress_options: WorkDoneProgressOptions::default() })),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(SemanticTokensOptions {
            legend,
            full: Some(SemanticTokensFullOptions::Bool(true)),
            range: Some(true),
            ..SemanticTokensOptions::default()
        })),
        inlay_hint_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}

impl Server<'_> {
    fn file(&self, document: &TextDocumentIdentifier) -> Option<(Places<'_>, u16)> {
        let (folder, file) = self.workspace.at(&path_of(&document.uri)?)?;
        Some((Places { folder, columns: self.columns }, file))
    }

    /// The folder of a document and a byte of it.
    fn place(&self, at: &TextDocumentPositionParams) -> Option<(Places<'_>, u16, usize)> {
        let (places, file) = self.file(&at.text_document)?;
        Some((places, file, places.byte(file, at.position)))
    }

    /// The name at a position.
    fn name(&self, at: &TextDocumentPositionParams) -> Option<(Places<'_>, &Occurrence)> {
        let (places, file, byte) = self.place(at)?;
        Some((places, places.folder.symbols().at(file, u32::try_from(byte).ok()?)?))
    }

    pub(super) fn hover(&self, params: HoverParams) -> Option<Hover> {
        let (places, file, byte) = self.place(&params.text_document_position_params)?;
        let found = hover(places.folder, file, byte, self.lang)?;
        Some(Hover { contents: HoverContents::Markup(markdown(found.words)), range: Some(places.range(found.span)) })
    }

    pub(super) fn completion(&self, params: CompletionParams) -> Option<CompletionResponse> {
        let (places, file, byte) = self.place(&params.text_document_position)?;
        let item = |(at, found): (usize, crate::complete::Suggestion)| CompletionItem {
            label: found.label.clone(),
            kind: Some(match found.sort {
                Sort::Keyword => CompletionItemKind::KEYWORD,
                Sort::Unit => CompletionItemKind::UNIT,
                Sort::Word => CompletionItemKind::TEXT,
                Sort::Name(NameKind::Clause) => CompletionItemKind::CLASS,
                Sort::Name(NameKind::Choice) => CompletionItemKind::ENUM_MEMBER,
                Sort::Name(NameKind::Definition) => CompletionItemKind::FUNCTION,
                Sort::Name(NameKind::Param) => CompletionItemKind::CONSTANT,
                Sort::Name(NameKind::Local) => CompletionItemKind::VARIABLE,
                Sort::Name(_) => CompletionItemKind::FIELD,
            }),
            detail: (!found.detail.is_empty()).then_some(found.detail),
            sort_text: Some(format!("{at:04}")),
            filter_text: Some(found.label),
            text_edit: Some(CompletionTextEdit::Edit(places.edit(found.span, found.insert))),
            ..CompletionItem::default()
        };
        let items = complete(places.folder, file, byte, self.lang).into_iter().enumerate().map(item).collect();
        Some(CompletionResponse::Array(items))
    }

    pub(super) fn definition(&self, params: GotoDefinitionParams) -> Option<GotoDefinitionResponse> {
        let (places, here) = self.name(&params.text_document_position_params)?;
        let place = places.folder.symbols().get(here.symbol)?.place?;
        Some(GotoDefinitionResponse::Scalar(self.location(places, place)?))
    }

    pub(super) fn references(&self, params: ReferenceParams) -> Option<Vec<Location>> {
        let (places, here) = self.name(&params.text_document_position)?;
        let wanted = |o: &&Occurrence| params.context.include_declaration || !o.declares;
        Some(places.folder.symbols().places(here.symbol).filter(wanted).filter_map(|o| self.location(places, o.span)).collect())
    }

    pub(super) fn highlight(&self, params: DocumentHighlightParams) -> Option<Vec<DocumentHighlight>> {
        let (places, here) = self.name(&params.text_document_position_params)?;
        let same = places.folder.symbols().places(here.symbol).filter(|o| o.span.file == here.span.file);
        let kind = |declares| Some(if declares { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ });
        Some(same.map(|o| DocumentHighlight { range: places.range(o.span), kind: kind(o.declares) }).collect())
    }

    /// A place; open files by the name the editor has for them.
    fn location(&self, places: Places<'_>, span: Span) -> Option<Location> {
        let mut location = places.location(span)?;
        if let Some(document) = places.folder.paths.get(usize::from(span.file)).and_then(|path| self.documents.get(path)) {
            location.uri = document.uri.clone();
        }
        Some(location)
    }

    pub(super) fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>, Text> {
        let Some((places, file, byte)) = self.place(&params) else { return Ok(None) };
        let (span, placeholder) = rename::name_at(places.folder, file, byte)?;
        Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range: places.range(span), placeholder }))
    }

    pub(super) fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>, Text> {
        let Some((places, file, byte)) = self.place(&params.text_document_position) else { return Ok(None) };
        let edits = rename::rename(places.folder, file, byte, &params.new_name)?;
        Ok(Some(self.workspace_edit(places, edits)))
    }

    #[allow(clippy::mutable_key_type, reason = "the protocol's own type: a map by URI, whose inner cell never changes its hash")]
    fn workspace_edit(&self, places: Places<'_>, edits: Vec<(Span, String)>) -> WorkspaceEdit {
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for (span, text) in edits {
            if let Some(Location { uri, range }) = self.location(places, span) {
                changes.entry(uri).or_default().push(TextEdit::new(range, text));
            }
        }
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }

    pub(super) fn code_actions(&self, params: CodeActionParams) -> Option<CodeActionResponse> {
        let (places, file) = self.file(&params.text_document)?;
        let span = places.span(file, params.range);
        let findings = places.folder.diagnostics(file);
        let wanted = |kind: &CodeActionKind| params.context.only.as_ref().is_none_or(|only| only.iter().any(|o| kind.as_str().starts_with(o.as_str())));
        let action = |fix: crate::fix::Fix| {
            let kind = if fix.finding.is_some() { CodeActionKind::QUICKFIX } else { CodeActionKind::SOURCE_FIX_ALL };
            wanted(&kind).then(|| {
                CodeActionOrCommand::CodeAction(CodeAction {
                    title: fix.title,
                    kind: Some(kind),
                    diagnostics: fix.finding.and_then(|at| findings.get(at)).map(|d| vec![places.diagnostic(d, self.lang)]),
                    edit: Some(self.workspace_edit(places, fix.edits)),
                    is_preferred: Some(fix.only),
                    ..CodeAction::default()
                })
            })
        };
        Some(fixes(places.folder, file, span.start as usize, span.end as usize, self.lang).into_iter().filter_map(action).collect())
    }

    pub(super) fn folding(&self, params: FoldingRangeParams) -> Option<Vec<FoldingRange>> {
        let (places, file) = self.file(&params.text_document)?;
        let range = |(span, fold): (Span, Fold)| {
            let range = places.range(span);
            FoldingRange {
                start_line: range.start.line,
                end_line: range.end.line,
                kind: Some(if fold == Fold::Quote { FoldingRangeKind::Comment } else { FoldingRangeKind::Region }),
                ..FoldingRange::default()
            }
        };
        Some(folds(places.folder, file).into_iter().map(range).collect())
    }

    pub(super) fn tokens(&self, params: SemanticTokensParams) -> Option<SemanticTokens> {
        let (places, file) = self.file(&params.text_document)?;
        Some(encoded(places, colours(places.folder, file)))
    }

    pub(super) fn tokens_of_range(&self, params: SemanticTokensRangeParams) -> Option<SemanticTokens> {
        let (places, file) = self.file(&params.text_document)?;
        let wanted = places.span(file, params.range);
        let found = colours(places.folder, file).into_iter().filter(|(span, _)| span.start <= wanted.end && wanted.start <= span.end);
        Some(encoded(places, found.collect()))
    }

    pub(super) fn inlay(&self, params: InlayHintParams) -> Option<Vec<InlayHint>> {
        let (places, file) = self.file(&params.text_document)?;
        let span = places.span(file, params.range);
        let hint = |found: crate::inlay::Hint| InlayHint {
            position: places.position(file, found.byte),
            label: InlayHintLabel::String(found.words.clone()),
            kind: None,
            text_edits: None,
            tooltip: (found.words != found.whole).then_some(InlayHintTooltip::String(found.whole)),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        };
        Some(hints(places.folder, file, span.start as usize, span.end as usize, self.lang).into_iter().map(hint).collect())
    }

    pub(super) fn document_symbols(&self, params: DocumentSymbolParams) -> Option<DocumentSymbolResponse> {
        let (places, file) = self.file(&params.text_document)?;
        Some(DocumentSymbolResponse::Nested(outline(places.folder, file).into_iter().map(|entry| symbol(places, entry)).collect()))
    }

    pub(super) fn workspace_symbols(&self, params: WorkspaceSymbolParams) -> Option<WorkspaceSymbolResponse> {
        let mut out = Vec::new();
        for folder in self.workspace.folders() {
            let places = Places { folder, columns: self.columns };
            let found = folder.symbols().all.iter().filter(|s| s.kind != NameKind::Choice && s.name.contains(params.query.trim()));
            out.extend(found.filter_map(|s| self.workspace_symbol(places, s)));
        }
        Some(WorkspaceSymbolResponse::Nested(out))
    }

    fn workspace_symbol(&self, places: Places<'_>, symbol: &Symbol) -> Option<WorkspaceSymbol> {
        let location = OneOf::Left(self.location(places, symbol.place?)?);
        let kind = match symbol.kind {
            NameKind::Clause => SymbolKind::CLASS,
            NameKind::Definition => SymbolKind::FUNCTION,
            NameKind::Local => SymbolKind::VARIABLE,
            NameKind::Param => SymbolKind::CONSTANT,
            NameKind::Fact | NameKind::Field => SymbolKind::PROPERTY,
            _ => SymbolKind::OBJECT,
        };
        let block = symbol.block.and_then(|at| places.folder.compiled.parsed.blocks.get(at));
        Some(WorkspaceSymbol { name: symbol.name.clone(), kind, tags: None, container_name: block.map(|b| b.heading.clone()), location, data: None })
    }

    pub(super) fn formatting(&self, params: DocumentFormattingParams) -> Option<Vec<TextEdit>> {
        let (places, file) = self.file(&params.text_document)?;
        Some(layout(places.folder, file).into_iter().map(|(span, text)| places.edit(span, text)).collect())
    }
}

#[allow(deprecated, reason = "the protocol's type has a field that is deprecated and must be given")]
fn symbol(places: Places<'_>, entry: Entry) -> DocumentSymbol {
    let kind = match entry.sort {
        outline::Sort::Section => SymbolKind::NAMESPACE,
        outline::Sort::Clause => SymbolKind::CLASS,
        outline::Sort::Facts => SymbolKind::STRUCT,
        outline::Sort::Fact => SymbolKind::PROPERTY,
        outline::Sort::Value => SymbolKind::CONSTANT,
        outline::Sort::Rule => SymbolKind::OBJECT,
        outline::Sort::Situation => SymbolKind::EVENT,
    };
    let below: Vec<DocumentSymbol> = entry.below.into_iter().map(|e| symbol(places, e)).collect();
    DocumentSymbol {
        name: entry.name,
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: places.range(entry.span.to(entry.head)),
        selection_range: places.range(entry.head),
        children: Some(below),
    }
}

/// Tokens one after another, each by its distance from the one before.
fn encoded(places: Places<'_>, found: Vec<(Span, Colour)>) -> SemanticTokens {
    let mut before = Position::new(0, 0);
    let mut data = Vec::with_capacity(found.len());
    for (span, colour) in found {
        let Range { start, end } = places.range(span);
        let kind = TOKEN_TYPES.iter().position(|(known, _)| *known == colour).and_then(|at| u32::try_from(at).ok());
        if end.line != start.line || start < before {
            continue;
        }
        let delta_start = if start.line == before.line { start.character - before.character } else { start.character };
        data.push(SemanticToken {
            delta_line: start.line - before.line,
            delta_start,
            length: end.character - start.character,
            token_type: kind.unwrap_or_default(),
            token_modifiers_bitset: 0,
        });
        before = start;
    }
    SemanticTokens { result_id: None, data }
}
