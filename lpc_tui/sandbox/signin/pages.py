"""The pages a person sees while signing in. Plain HTML, no script; whatever a client sent is escaped."""

from html import escape

from lpc_tui.sandbox.signin.replies import Form

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>
{content}
</body>
</html>
"""


def message(title: str, text: str) -> str:
    """A page that only says something."""
    return _PAGE.format(title=escape(title), content=f"<p>{escape(text)}</p>")


def enter_code(title: str, user_code: str, buttons: dict[str, str]) -> str:
    """The page that takes a user code; `buttons` are decisions and their labels."""
    field = f'<label>Code <input name="user_code" value="{escape(user_code)}" autocomplete="off" required></label>'
    return _form(title, "Enter the code that the program shows.", field, buttons)


def allow_access(title: str, text: str, fields: Form, buttons: dict[str, str]) -> str:
    """The page that asks for consent and carries the request's own fields along."""
    hidden = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return _form(title, text, hidden, buttons)


def _form(title: str, text: str, fields: str, buttons: dict[str, str]) -> str:
    choices = "\n".join(
        f'<button name="decision" value="{escape(decision)}">{escape(label)}</button>'
        for decision, label in buttons.items()
    )
    content = f'<p>{escape(text)}</p>\n<form method="post">\n{fields}\n{choices}\n</form>'
    return _PAGE.format(title=escape(title), content=content)
