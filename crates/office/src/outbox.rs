//! The outbox: messages are left by acts and delivered by a program, at least once. The program reads [`Office::waiting`],
//! delivers, and marks with `outbox.deliver`; if it dies in between it delivers again, under the same id.

use crate::desk::Desk;
use crate::{Office, Outcome, Stop};
use casework::authority::Standing;
use casework::id::MessageId;
use casework::outbox::{Addressee, Message, OutboxAct, OutboxRefusal, Topic};
use casework::{Key, Refusal};
use store::StoreError;
use values::Date;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &OutboxAct) -> Result<Outcome, Stop> {
    match act {
        OutboxAct::Deliver { messages, channel } => deliver(desk, messages, channel).await,
    }
}

async fn deliver(desk: &mut Desk<'_>, messages: &[MessageId], channel: &str) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = messages.first().ok_or(OutboxRefusal::Empty)?.to_string();
    let mut marked = 0;
    // In the order of their ids: two programs that mark the same ones wait for each other and do not lock up.
    let mut ids: Vec<&MessageId> = messages.iter().collect();
    ids.sort();
    for id in ids {
        let mut message: Message = desk.must_get(id.as_str()).await?;
        if message.delivered.is_none() {
            message.delivered = Some((desk.context.now, channel.to_owned()));
            desk.work.save(&message).await?;
            marked += 1;
        }
    }
    Ok(Outcome::Count(marked))
}

impl Desk<'_> {
    /// Leaves a message in the transaction of the act: it is delivered if, and only if, the act was done.
    ///
    /// `about` is the id of a thing, never words: what is left here stands in the log.
    pub(crate) async fn tell(&mut self, topic: Topic, to: Addressee, about: &str, due: Option<Date>) -> Result<(), Stop> {
        self.told += 1;
        let id = MessageId::parse(&Message::id_of(&self.context.request, self.told)).map_err(|why| Refusal::Input(why.to_string()))?;
        let message = Message { id, topic, to, about: about.to_owned(), due, queued: self.context.now, delivered: None };
        self.work.save(&message).await?;
        Ok(())
    }
}

impl Office {
    /// Messages that wait to be delivered, the oldest first.
    pub async fn waiting(&self) -> Result<Vec<Message>, StoreError> {
        let mut work = self.store().begin().await?;
        let mut waiting: Vec<Message> = work.list("state", &Key::from("waiting")).await?;
        // What goes out cannot be called back: the acts that left it must be on the disk before.
        work.confirm().await?;
        waiting.sort_by(|a, b| (a.queued, &a.id).cmp(&(b.queued, &b.id)));
        Ok(waiting)
    }
}
