//! The conversation with an editor: one thread, messages in the order they come. Open texts are edited at once;
//! findings are published when no further message is waiting.

mod answer;

use crate::folder::Folder;
use crate::protocol::{Places, path_of, uri_of};
use crate::text::Columns;
use crate::workspace::Workspace;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest, FoldingRangeRequest, Formatting, GotoDefinition, HoverRequest,
    InlayHintRequest, PrepareRenameRequest, References, Rename, Request as _, SemanticTokensFullRequest, SemanticTokensRangeRequest, WorkspaceSymbolRequest,
};
use lsp_types::*;
use policy::diagnostic::Text;
use policy::situation;
use policy::source::Span;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use values::Lang;

/// Why the conversation ended other than by `exit`.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The editor said something that cannot be understood, or went away.
    #[error("protocol: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// A message was not what the protocol says.
    #[error("message: {0}")]
    Message(#[from] serde_json::Error),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// What was read is no message of the protocol.
    #[error("{}", .0.en)]
    Said(Text),
    /// The editor no longer listens.
    #[error("the editor no longer listens")]
    Gone,
}

impl Failure {
    /// What happened, for people.
    pub fn text(&self) -> Text {
        let zh = match self {
            Self::Said(text) => return text.clone(),
            Self::Protocol(_) => "不合语言服务协议".to_owned(),
            Self::Message(_) => "消息的内容不合语言服务协议".to_owned(),
            Self::Io(_) => "读写出错".to_owned(),
            Self::Gone => "编辑器已不再接收".to_owned(),
        };
        Text::new(zh, self.to_string())
    }
}

/// Talks over standard input and output until the editor says `exit`. `lang` counts where the editor names none.
///
/// # Errors
/// What is read is not the protocol, or the editor is gone.
pub fn stdio(lang: Lang) -> Result<(), Failure> {
    let (connection, wire) = crate::wire::stdio();
    let result = serve(&connection, lang);
    wire.close(connection, result)
}

/// Talks over a connection until the editor says `exit`.
///
/// # Errors
/// As [`stdio`].
pub fn serve(connection: &Connection, lang: Lang) -> Result<(), Failure> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params)?;
    let mut server = Server::new(connection, &params, lang);
    let answer = serde_json::json!({ "capabilities": server.capabilities(), "serverInfo": { "name": "duixian", "version": env!("CARGO_PKG_VERSION") } });
    connection.initialize_finish(id, answer)?;
    server.watch_files(&params)?;
    loop {
        if connection.receiver.is_empty() {
            server.publish()?;
        }
        let Ok(message) = connection.receiver.recv() else { return Ok(()) };
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    return Ok(());
                }
                server.publish()?;
                let response = server.answer(request);
                server.send(response.into())?;
            }
            Message::Notification(notification) => server.note(notification),
            Message::Response(_) => {}
        }
    }
}

/// An open file as the editor calls it.
struct Document {
    uri: Uri,
    version: i32,
}

struct Server<'a> {
    connection: &'a Connection,
    lang: Lang,
    columns: Columns,
    workspace: Workspace,
    documents: HashMap<PathBuf, Document>,
    /// What was last published, by the folder's key and the file.
    published: HashMap<PathBuf, HashMap<PathBuf, Vec<Diagnostic>>>,
    /// Saved files whose situations are to be run.
    saved: BTreeSet<PathBuf>,
    /// What situations did not come out as they should when a file was saved, by the folder's key; until the next change.
    failed: HashMap<PathBuf, Vec<(Span, Text)>>,
}

impl<'a> Server<'a> {
    fn new(connection: &'a Connection, params: &InitializeParams, lang: Lang) -> Self {
        let asked = params.initialization_options.as_ref().and_then(|o| o.get("lang")).and_then(|l| l.as_str()).or(params.locale.as_deref());
        let lang = match asked {
            Some(locale) if locale.starts_with("zh") => Lang::Zh,
            Some(_) => Lang::En,
            None => lang,
        };
        let encodings = params.capabilities.general.as_ref().and_then(|g| g.position_encodings.as_deref()).unwrap_or_default();
        let columns = if encodings.contains(&PositionEncodingKind::UTF8) { Columns::Utf8 } else { Columns::Utf16 };
        Self {
            connection,
            lang,
            columns,
            workspace: Workspace::default(),
            documents: HashMap::new(),
            published: HashMap::new(),
            saved: BTreeSet::new(),
            failed: HashMap::new(),
        }
    }

    fn capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(match self.columns {
                Columns::Utf8 => PositionEncodingKind::UTF8,
                Columns::Utf16 => PositionEncodingKind::UTF16,
            }),
            text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::Supported(true)),
                ..TextDocumentSyncOptions::default()
            })),
            ..answer::capabilities()
        }
    }

    fn send(&self, message: Message) -> Result<(), Failure> {
        self.connection.sender.send(message).map_err(|_| Failure::Gone)
    }

    /// Asks to be told of changes on disk, where the editor can.
    fn watch_files(&self, params: &InitializeParams) -> Result<(), Failure> {
        let can = params.capabilities.workspace.as_ref().and_then(|w| w.did_change_watched_files.as_ref()).and_then(|w| w.dynamic_registration);
        if can != Some(true) {
            return Ok(());
        }
        let watchers = ["**/*.md", "**/*.txt"].map(|glob| FileSystemWatcher { glob_pattern: GlobPattern::String(glob.to_owned()), kind: None });
        let registration = Registration {
            id: "duixian-files".to_owned(),
            method: DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: Some(serde_json::to_value(DidChangeWatchedFilesRegistrationOptions { watchers: watchers.to_vec() })?),
        };
        let params = RegistrationParams { registrations: vec![registration] };
        self.send(Request::new(RequestId::from(1), "client/registerCapability".to_owned(), params).into())
    }

    /// A message that wants no answer. What cannot be understood changes nothing.
    fn note(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            DidOpenTextDocument::METHOD => {
                if let Ok(DidOpenTextDocumentParams { text_document }) = serde_json::from_value(params)
                    && let Some(path) = path_of(&text_document.uri)
                {
                    self.documents.insert(path.clone(), Document { uri: text_document.uri, version: text_document.version });
                    self.workspace.open(path, text_document.text);
                }
            }
            DidChangeTextDocument::METHOD => {
                if let Ok(params) = serde_json::from_value(params) {
                    self.edit(params);
                }
            }
            DidCloseTextDocument::METHOD => {
                if let Ok(DidCloseTextDocumentParams { text_document }) = serde_json::from_value(params)
                    && let Some(path) = path_of(&text_document.uri)
                {
                    self.documents.remove(&path);
                    self.workspace.close(&path);
                }
            }
            DidSaveTextDocument::METHOD => {
                if let Ok(DidSaveTextDocumentParams { text_document, .. }) = serde_json::from_value(params) {
                    self.saved.extend(path_of(&text_document.uri));
                }
            }
            DidChangeWatchedFiles::METHOD => {
                if let Ok(DidChangeWatchedFilesParams { changes }) = serde_json::from_value(params) {
                    changes.iter().filter_map(|change| path_of(&change.uri)).for_each(|path| self.workspace.touched(&path));
                }
            }
            _ => {}
        }
    }

    fn edit(&mut self, params: DidChangeTextDocumentParams) {
        let Some(path) = path_of(&params.text_document.uri) else { return };
        if let Some(document) = self.documents.get_mut(&path) {
            document.version = params.text_document.version;
        }
        for change in params.content_changes {
            let Some((text, lines)) = self.workspace.text(&path) else { return };
            let byte = |p: Position| lines.byte(text, p.line as usize, p.character as usize, self.columns);
            let (from, to) = change.range.map_or((0, text.len()), |range| (byte(range.start), byte(range.end)));
            self.workspace.edit(&path, from, to.max(from), &change.text);
        }
    }

    /// Compiles what changed and sends the findings that are different from those sent before.
    fn publish(&mut self) -> Result<(), Failure> {
        let (mut fresh, gone) = self.workspace.refresh();
        for key in fresh.iter().chain(&gone) {
            self.failed.remove(key);
        }
        for key in self.run_situations() {
            if !fresh.contains(&key) {
                fresh.push(key);
            }
        }
        for key in gone {
            for path in self.published.remove(&key).unwrap_or_default().into_keys() {
                // Another folder may speak for the file now.
                if !self.published.values().any(|files| files.contains_key(&path)) {
                    self.send_findings(&path, Vec::new())?;
                }
            }
        }
        for key in fresh {
            let Some(folder) = self.workspace.folder(&key) else { continue };
            let now = self.findings(&key, folder);
            let before = self.published.remove(&key).unwrap_or_default();
            for (path, findings) in &now {
                if before.get(path) != Some(findings) {
                    self.send_findings(path, findings.clone())?;
                }
            }
            for path in before.keys().filter(|path| !now.contains_key(*path)) {
                self.send_findings(path, Vec::new())?;
            }
            self.published.insert(key, now);
        }
        Ok(())
    }

    /// Runs the situations of the folders of saved files; gives the folders.
    fn run_situations(&mut self) -> BTreeSet<PathBuf> {
        let keys: BTreeSet<PathBuf> = std::mem::take(&mut self.saved).iter().map(|path| self.workspace.key(path)).collect();
        for key in &keys {
            let Some(folder) = self.workspace.folder(key) else { continue };
            let results = situation::run(&folder.compiled).results;
            self.failed.insert(key.clone(), results.into_iter().flat_map(|result| result.failures).collect());
        }
        keys
    }

    /// The findings of every file of a folder, those without any included.
    fn findings(&self, key: &Path, folder: &Folder) -> HashMap<PathBuf, Vec<Diagnostic>> {
        let places = Places { folder, columns: self.columns };
        let mut out: HashMap<PathBuf, Vec<Diagnostic>> = HashMap::new();
        for (file, path) in (0_u16..).zip(&folder.paths) {
            out.insert(path.clone(), folder.diagnostics(file).iter().map(|d| places.diagnostic(d, self.lang)).collect());
        }
        for (span, why) in self.failed.get(key).into_iter().flatten() {
            let Some(path) = folder.paths.get(usize::from(span.file)) else { continue };
            let (severity, source) = (Some(DiagnosticSeverity::WARNING), Some("duixian test".to_owned()));
            let finding = Diagnostic { range: places.range(*span), severity, source, message: why.get(self.lang).to_owned(), ..Diagnostic::default() };
            out.entry(path.clone()).or_default().push(finding);
        }
        for (path, why) in &folder.unread {
            let message = why.get(self.lang).to_owned();
            let finding = Diagnostic { severity: Some(DiagnosticSeverity::ERROR), source: Some("duixian".to_owned()), message, ..Diagnostic::default() };
            out.entry(path.clone()).or_default().push(finding);
        }
        out
    }

    fn send_findings(&self, path: &Path, diagnostics: Vec<Diagnostic>) -> Result<(), Failure> {
        let document = self.documents.get(path);
        let Some(uri) = document.map(|d| d.uri.clone()).or_else(|| uri_of(path)) else { return Ok(()) };
        let params = PublishDiagnosticsParams { uri, diagnostics, version: document.map(|d| d.version) };
        self.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params).into())
    }

    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let answered = match method.as_str() {
            HoverRequest::METHOD => self.with(params, Self::hover),
            Completion::METHOD => self.with(params, Self::completion),
            GotoDefinition::METHOD => self.with(params, Self::definition),
            References::METHOD => self.with(params, Self::references),
            DocumentHighlightRequest::METHOD => self.with(params, Self::highlight),
            PrepareRenameRequest::METHOD => self.tried(params, Self::prepare_rename),
            Rename::METHOD => self.tried(params, Self::rename),
            CodeActionRequest::METHOD => self.with(params, Self::code_actions),
            FoldingRangeRequest::METHOD => self.with(params, Self::folding),
            SemanticTokensFullRequest::METHOD => self.with(params, Self::tokens),
            SemanticTokensRangeRequest::METHOD => self.with(params, Self::tokens_of_range),
            InlayHintRequest::METHOD => self.with(params, Self::inlay),
            DocumentSymbolRequest::METHOD => self.with(params, Self::document_symbols),
            WorkspaceSymbolRequest::METHOD => self.with(params, Self::workspace_symbols),
            Formatting::METHOD => self.with(params, Self::formatting),
            _ => Err((ErrorCode::MethodNotFound, format!("unknown request {method}"))),
        };
        match answered {
            Ok(value) => Response::new_ok(id, value),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }
    }

    /// Answers with what there is, or with nothing.
    fn with<P: serde::de::DeserializeOwned, R: serde::Serialize>(&self, params: serde_json::Value, answer: impl FnOnce(&Self, P) -> Option<R>) -> Answer {
        self.tried(params, |server, params| Ok(answer(server, params)))
    }

    /// Answers, or says why not.
    fn tried<P: serde::de::DeserializeOwned, R: serde::Serialize>(
        &self,
        params: serde_json::Value,
        answer: impl FnOnce(&Self, P) -> Result<Option<R>, Text>,
    ) -> Answer {
        let params = serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
        let found = answer(self, params).map_err(|why| (ErrorCode::RequestFailed, why.get(self.lang).to_owned()))?;
        serde_json::to_value(found).map_err(|error| (ErrorCode::InternalError, error.to_string()))
    }
}

/// What a request gets.
type Answer = Result<serde_json::Value, (ErrorCode, String)>;
