"""Bodies of mail as mail programs write them, each line with its kind: own, quote or signature.

A line of a case begins with ``o|``, ``q|`` or ``s|``.
"""

from __future__ import annotations

# What stands above a quote, marked with ">" or not; each is one introduction.
INTRODUCTIONS = {
    "Gmail, English": "On Tue, Mar 3, 2026 at 10:00 AM Luis Pérez <desk@a.example> wrote:",
    "Gmail, English, two lines": "On Tue, Mar 3, 2026 at 10:00 AM Luis Pérez <\ndesk@a.example> wrote:",
    "Gmail, English, 24 hours": "On Tue, 3 Mar 2026 at 10:00, Luis Pérez <desk@a.example> wrote:",
    "Gmail, Spanish": "El mar, 3 mar 2026 a las 10:00, Luis Pérez (<desk@a.example>) escribió:",
    "Gmail, Spanish, two lines": "El mar, 3 mar 2026 a las 10:00, Mesa (<\ndesk@a.example>) escribió:",
    "Gmail, Spanish, three lines": "El mar, 3 mar 2026 a las 10:00, Mesa de ayuda de\nla Compañía (<\n"
    "desk@a.example>) escribió:",
    "Gmail, Spanish of Argentina": "El mar, 3 de mar. de 2026 10:00, Luis <desk@a.example> escribió:",
    "Gmail, Spanish, la(s)": "El mar, 3 mar 2026 a la(s) 10:00, Luis (desk@a.example) escribió:",
    "Gmail, Portuguese": "Em ter., 3 de mar. de 2026 às 10:00, Luis <desk@a.example> escreveu:",
    "Gmail, Portuguese, two lines": "Em ter., 3 de mar. de 2026 às 10:00, Luis <\ndesk@a.example> escreveu:",
    "Gmail, French": "Le mar. 3 mars 2026 à 10:00, Luis <desk@a.example> a écrit :",
    "Gmail, French, two lines": "Le mar. 3 mars 2026 à 10:00, Luis <desk@a.example> a\nécrit :",
    "Gmail, German": "Am Di., 3. März 2026 um 10:00 Uhr schrieb Luis <desk@a.example>:",
    "Gmail, German, broken address": "Am Di., 3. März 2026 um 10:00 Uhr schrieb Luis <desk@a.example\n>:",
    "Gmail, German, name first": "Luis <desk@a.example> schrieb am Di., 3. März 2026 um\n10:00 Uhr:",
    "Gmail, Italian": "Il giorno mar 3 mar 2026 alle ore 10:00 Luis <desk@a.example> ha scritto:",
    "Gmail, Italian, short": "Il mar 3 mar 2026, 10:00 Luis <desk@a.example> ha scritto:",
    "Gmail before 2013": "2026/3/3 Luis Pérez 10:00 <desk@a.example>:",
    "Yahoo, English": "On Tuesday, March 3, 2026 at 10:00:00 AM GMT-3, Luis <desk@a.example> wrote:",
    "Yahoo, Spanish": "En martes, 3 de marzo de 2026, 10:00:00 ART, Luis <desk@a.example> escribió:",
    "Yahoo, Portuguese": "Em terça-feira, 3 de março de 2026 10:00:00 BRT, Luis <desk@a.example> escreveu:",
    "Thunderbird, English": "On 3/3/26 10:00, Luis Pérez wrote:",
    "Thunderbird, Spanish": "El 3/3/26 a las 10:00, Luis Pérez escribió:",
    "Thunderbird, Portuguese": "Em 03/03/2026 10:00, Luis Pérez escreveu:",
    "Thunderbird, French": "Le 03/03/2026 à 10:00, Luis Pérez a écrit :",
    "Thunderbird, German": "Am 03.03.26 um 10:00 schrieb Luis Pérez:",
    "Thunderbird, Italian": "Il 03/03/2026 10:00, Luis Pérez ha scritto:",
    "Apple Mail, English": "On Mar 3, 2026, at 10:00 AM, Luis Pérez <desk@a.example> wrote:",
    "Apple Mail, English, day first": "On 3 Mar 2026, at 10:00, Luis Pérez wrote:",
    "Apple Mail, Spanish": "El 3 mar 2026, a las 10:00, Luis Pérez <desk@a.example> escribió:",
    "Apple Mail, Portuguese": "Em 3 de mar. de 2026, à(s) 10:00, Luis Pérez <desk@a.example> escreveu:",
    "Apple Mail, French": "Le 3 mars 2026 à 10:00, Luis Pérez <desk@a.example> a écrit :",
    "Apple Mail, German": "Am 03.03.2026 um 10:00 schrieb Luis Pérez <desk@a.example>:",
    "Apple Mail, Italian": "Il giorno 3 mar 2026, alle ore 10:00, Luis <desk@a.example> ha scritto:",
    "Mailspring, Italian": 'In data 3 marzo 2026 10:00:31 "Luis" <desk@a.example> ha scritto:',
    "entities left in": "On Mar 3, 2026, at 10:00, Luis &lt;desk@a.example&gt; wrote:",
}  # fmt: skip

# Heads of Outlook and its like, and lines above an original message: all below is quoted.
HEADS = {
    "Outlook, English": "From: Desk <desk@a.example>\nSent: Tuesday, March 3, 2026 10:00 AM\n"
    "To: Carla Gil <carla@b.example>\nSubject: Re: Printer [#42]",
    "Outlook, internal names": "From: Desk\nSent: Tuesday, March 3, 2026 10:00 AM\nTo: Carla\n"
    "Cc: Max; Ana\nImportance: High\nSubject: Re: Printer [#42]",
    "Outlook, many recipients": "From: Desk\nSent: Tuesday, March 3, 2026 10:00 AM\nTo: Carla <c@a>;\n"
    " Max <max@a.example>;\n Ana <ana@a.example>\nSubject: Re: Printer [#42]",
    "Outlook, bold": "*From:* Desk [mailto:desk@a.example]\n*Sent:* Tuesday, March 3, 2026\n"
    "*To:* carla@b.example\n*Subject:* Re: Printer [#42]",
    "Outlook, Spanish": "De: Mesa de ayuda <desk@a.example>\nEnviado: martes, 3 de marzo de 2026 10:00\n"
    "Para: Carla Gil\nAsunto: Re: Impresora [#42]",
    "Outlook, Spanish, el": "De: Mesa de ayuda [mailto:desk@a.example]\nEnviado el: martes, 3 de marzo\n"
    "Para: Carla Gil\nCC: Max\nAsunto: Re: Impresora [#42]",
    "Outlook, Portuguese": "De: Suporte <desk@a.example>\nEnviada em: terça-feira, 3 de março de 2026 10:00\n"
    "Para: Carla\nAssunto: Re: Impressora [#42]",
    "Outlook, Portuguese of Portugal": "De: Suporte <desk@a.example>\nEnviado: 3 de março de 2026 10:00\n"
    "Para: Carla\nAssunto: Re: Impressora [#42]",
    "Outlook, French": "De : Assistance <desk@a.example>\nEnvoyé : mardi 3 mars 2026 10:00\nÀ : Carla\n"
    "Objet : Re: Imprimante [#42]",
    "Outlook, French, hard spaces": "De\u00a0: Assistance <desk@a.example>\nEnvoyé le\u00a0: 3 mars 2026\n"
    "À\u00a0: Carla\nObjet\u00a0: Re: Imprimante [#42]",
    "Outlook, German": "Von: Hilfe <desk@a.example>\nGesendet: Dienstag, 3. März 2026 10:00\nAn: Carla\n"
    "Betreff: Re: Drucker [#42]",
    "Outlook, Italian": "Da: Assistenza <desk@a.example>\nInviato: martedì 3 marzo 2026 10:00\nA: Carla\n"
    "Oggetto: Re: Stampante [#42]",
    "Outlook on the web": "________________________________\nFrom: Desk <desk@a.example>\n"
    "Sent: Tuesday, March 3, 2026 10:00 AM\nTo: Carla\nSubject: Re: Printer [#42]",
    "Outlook for phones, Spanish": "________________________________\nDe: Mesa de ayuda <desk@a.example>\n"
    "Enviado: Tuesday, March 3, 2026 10:00:00 AM\nPara: Carla\nAsunto: Re: Impresora [#42]",
    "a rule of dashes": "------------------------------\n\nFrom: Desk <desk@a.example>\n"
    "Sent: Tuesday, March 3, 2026\nTo: Carla\nSubject: Re: Printer [#42]",
    "Outlook for Mac": "From: Desk <desk@a.example>\nDate: Tuesday, 3 March 2026 at 10:00\nTo: Carla\n"
    "Subject: Re: Printer [#42]",
    "Yahoo, French": "     De : Luis <desk@a.example>\n À : Carla <carla@b.example>\n"
    " Envoyé le : Mardi 3 mars 2026 10h30\n Objet : Re: Imprimante [#42]",
    "Notes": "From:\tDesk <desk@a.example>\nTo:\tCarla\nDate:\t03/03/2026 10:00\nSubject:\tPrinter",
    "original, English": "-----Original Message-----\nFrom: Desk\nSent: Tuesday, March 3\nTo: Carla",
    "original, without a head": "-------- Original Message --------",
    "original, Spanish": "-----Mensaje original-----\nDe: Mesa de ayuda\nEnviado el: martes",
    "original, Portuguese": "-----Mensagem original-----\nDe: Suporte",
    "original, French": "-----Message d'origine-----\nDe : Assistance",
    "original, German": "-----Ursprüngliche Nachricht-----\nVon: Hilfe",
    "original, German, T-Online": "-----Original-Nachricht-----\nBetreff: Drucker",
    "original, Italian": "-----Messaggio originale-----\nDa: Assistenza",
    "forwarded, Gmail": "---------- Forwarded message ---------\nFrom: Max <max@a.example>\nDate: Tue, Mar 3",
    "forwarded, Gmail, Portuguese": "---------- Mensagem encaminhada ---------\nDe: Max <max@a.example>",
    "forwarded, Thunderbird": "-------- Forwarded Message --------\nSubject: Printer\n"
    "Date: Tue, 3 Mar 2026 10:00:00 +0000\nFrom: Max <max@a.example>\nTo: carla@a.example",
    "forwarded, Thunderbird, German": "-------- Weitergeleitete Nachricht --------\nBetreff: Drucker",
    "forwarded, Spanish": "---------- Mensaje reenviado ----------\nDe: Max <max@a.example>",
    "forwarded, Italian": "---------- Messaggio inoltrato ----------\nDa: Max <max@a.example>",
    "forwarded, Apple, English": "Begin forwarded message:\n\nFrom: Max <max@a.example>\nSubject: Printer",
    "forwarded, Apple, Spanish": "Inicio del mensaje reenviado:\n\nDe: Max <max@a.example>",
    "forwarded, Apple, Portuguese": "Início da mensagem encaminhada:\n\nDe: Max <max@a.example>",
    "forwarded, Apple, French": "Début du message transféré :\n\nDe: Max <max@a.example>",
    "forwarded, Apple, German": "Anfang der weitergeleiteten Nachricht:\n\nVon: Max <max@a.example>",
    "forwarded, Apple, Italian": "Inizio messaggio inoltrato:\n\nDa: Max <max@a.example>",
    "Zoho": "---- On Tue, 03 Mar 2026 10:00:00 -0300 Luis <desk@a.example> wrote ----",
}  # fmt: skip

# Lines that telephones and programs add.
ADDED = (
    "Sent from my iPhone", "Sent from my iPad", "Sent from my Samsung Galaxy smartphone.",
    "Sent from Outlook for Android", "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from Yahoo Mail for iPhone", "Sent from Mail for Windows",
    "Sent with Proton Mail secure email.", "Enviado desde mi iPhone",
    "Enviado desde Outlook para Android", "Obtener Outlook para iOS<https://aka.ms/o0ukef>",
    "Enviado desde mi Samsung Mobile de Personal", "Enviado do meu iPhone", "Obter o Outlook para iOS",
    "Envoyé de mon iPhone", "Envoyé depuis mon mobile Orange", "Télécharger Outlook pour Android",
    "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App",
    "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    "Outlook für iOS beziehen", "Inviato da iPhone", "Inviato dal mio dispositivo Samsung",
    "Scarica Outlook per Android",
)  # fmt: skip

CASES = {
    "interleaved answers stay": """\
o|Hello Luis,
o|
q|On 3/3/26 10:00, Luis Pérez wrote:
q|> Is it plugged in?
o|
o|Yes.
o|
q|> Does it blink?
q|>
q|> What does it print?
o|
o|Yes, and nothing.
o|
s|--\x20
s|Carla
""",
    "an answer below the quote": """\
q|On 3/3/26 10:00, Luis Pérez wrote:
q|
q|> Is it plugged in?
q|> Does it blink?
o|
o|Yes to both.
""",
    "no empty line around an introduction": """\
o|C'est super !
q|Le 4 mars 2026 19:03, "Luis Pérez"
q|<desk@a.example>
q|a écrit :
q|
q|> Bonjour
""",
    "a gap below the introduction": """\
o|It works.
o|
q|On Mar 3, 2026, at 7:37 PM, Luis<desk@a.example> wrote:
q|
q|
q|
q|
q|> Good.
""",
    "an iPhone marks the introduction too": """\
o|It works.
o|
s|Sent from my iPhone
s|
q|> On Mar 3, 2026, at 10:00, Luis Pérez <desk@a.example> wrote:
q|>\x20
q|> Hello
""",
    "an iPhone, introduction in two lines": """\
o|Funciona.
o|
q|> El 3 mar 2026, a las 10:00, Mesa de ayuda <
q|> desk@a.example> escribió:
q|>
""",
    "a language that nobody listed": """\
o|Да.
o|
q|3 мар. 2026 г. 19:37 пользователь "Luis" <
q|desk@a.example> написал:
q|
q|> Привет
""",
    "marks alone, many": """\
o|My answer
q|> one
q|> two
q|> three
q|> four
""",
    "old Thunderbird": """\
o|My answer
o|
q|Luis Pérez wrote:
q|> one
q|> two
q|> three
q|> four
""",
    "quotes of quotes": """\
o|It works.
o|
q|On 3/3/26 10:00, Luis Pérez wrote:
q|> Try again.
q|>
q|> On 2/3/26 10:00, Carla wrote:
q|>> It fails.
q|>>
q|>>> On 1/3/26 10:00, Luis wrote:
q|>>> Try.
""",
    "signature above and below": """\
o|It works.
o|
s|--\x20
s|Carla Gil
s|ACME
s|
q|On 3/3/26 10:00, Luis Pérez wrote:
q|> Try again.
q|
s|--
s|Viele Grüße
s|
s|Carla
""",
    "two dashes and no empty line above": """\
o|it still fails
s|--
s|carla
""",
    "a signature with the line of a telephone": """\
o|Thanks!
o|
s|--
s|Carla
s|ACME
s|
s|Sent from my iPhone
""",
    "a telephone's line above a head of Outlook": """\
o|Thanks!
o|
s|Get Outlook for iOS<https://aka.ms/o0ukef>
q|________________________________
q|From: Desk <desk@a.example>
q|Sent: Tuesday, March 3, 2026 10:00:00 AM
q|To: Carla
q|Subject: Re: Printer
q|
q|Hello
""",
    "Windows line ends": """\
o|Thanks!\r
o|\r
q|On 3/3/26 10:00, Luis Pérez wrote:\r
q|> Try again.\r
q|\r
s|-- \r
s|Carla\r
""",
    # What is no quote.
    "a sentence that begins like an introduction": """\
o|On Monday I wrote: the printer burns.
o|
o|It still does.
""",
    "a story with a date": """\
o|On 3 March 2026 at 10:00 I wrote:
o|
o|The printer burns.
o|
o|Nobody answered.
""",
    "a story in German": """\
o|Am 03.03.2026 um 10:00 schrieb ich:
o|
o|Der Drucker brennt.
""",
    "a story in Spanish": """\
o|El 3/3/2026 a las 10:00 ella escribió:
o|
o|No funciona.
""",
    "From in a sentence": """\
o|From: the manager.
o|
o|The numbers come From: our database, and from: carla@a.example
o|To: nobody
""",
    "a list with dashes": """\
o|We need:
o|-- a printer
o|-- paper
o|-- toner
""",
    "a line of dashes in a long text": "o|Part one\no|--\n" + "o|a line of the second part\n" * 13,
    "output of a program": """\
o|I ran it:
o|
o|> app@1.0.0 build
o|> tsc -p .
o|
o|and it fails.
""",
    "long output below a colon": """\
o|It prints this:
o|> one
o|> two
o|> three
o|> four
o|> five
""",
    "output below a colon in an answer": """\
q|On 3/3/26 10:00, Luis wrote:
q|> What does it print?
o|
o|This:
o|> one
o|> two
o|> three
o|> four
""",
    "the prompt of Python": """\
o|Look
o|>>> import os
o|>>> os.getcwd()
o|>>> os.listdir()
o|>>> os.getpid()
""",
    "the server's words": """\
o|The server wrote:
o|> one
o|> two
o|> three
o|> four
""",
    "an address in a complaint": """\
o|This happens when I write to max@a.example:
o|
o|> 550 no such user
""",
    "pasted headers of a mail": """\
o|Please block this sender.
o|
o|Received: from mx.a.example by mx.b.example
o|From: Win <win@spam.example>
o|To: carla@a.example
o|Date: Tue, 3 Mar 2026 10:00:00 +0000
o|Subject: You won
o|
o|It comes every day.
""",
    "pasted headers, without the path": """\
o|Please block this sender.
o|
o|From: Win <win@spam.example>
o|Date: Tue, 3 Mar 2026 10:00:00 +0000
o|Subject: You won
o|
o|It comes every day.
""",
    "a pasted head below a colon": """\
o|What is this:
o|
o|From: Win
o|Sent: Tuesday
o|To: Carla
o|Subject: You won
o|
o|It comes every day.
""",
    "a form with a sender and a recipient": """\
o|Please move a monitor.
o|
o|From: Madrid
o|To: Lisbon
o|Date: 3 March
o|
o|Thank you.
""",
    "a rule between paragraphs": """\
o|One
o|________________________________
o|Two
""",
    "sent from, in a sentence": """\
o|The notice was sent from my iPhone app.
o|
o|Sent from my iPhone it arrives, from the computer of the accountant it does not, and nobody knows why.
o|
o|All are sent from the server.
""",
    "a line between stars": """\
o|** Urgent **
o|
o|It burns.
""",
    "a colon above a list": """\
o|On 3/3/2026 at 10:00 these were down:
o|
o|mail
o|web
""",
}

WHOLE = {
    "only a quote": "On 3/3/26 10:00, Luis Pérez wrote:\n> Hello\n> you\n",
    "only a signature": "-- \nCarla\nACME\n",
    "only the line of a telephone": "\n\nSent from my iPhone",
    "a telephone's line and a quote": "Sent from my iPhone\n\nOn 3/3/26 10:00, Luis wrote:\n> Hello\n",
    "only a forwarded message": "---------- Forwarded message ---------\nFrom: Max <m@a.example>\n\nHelp!",
    "only a mail of Outlook": HEADS["Outlook, English"] + "\n\nIt burns.",
    "only marks": "> a\n> b\n> c\n> d\n",
    "nothing but space": "\n \n\t\n",
}
"""Bodies in which nothing own would remain: they are shown whole."""
