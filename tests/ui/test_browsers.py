import pytest

from portal.ui.browsers import device

MOZILLA = "Mozilla/5.0 "


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (MOZILLA + "(Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox auf Windows"),
        (MOZILLA + "(Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge auf Windows"),
        (MOZILLA + "(Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome auf Android"),
        (MOZILLA + "(iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari auf iPhone"),
        (MOZILLA + "(iPad; CPU OS 19_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome auf iPad"),
        (MOZILLA + "(Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "Safari auf Mac"),
        ("curl/8.0", "Unbekannter Browser"),
        ("", "Unbekannter Browser"),
    ],
)
def test_device_says_browser_and_system(user_agent, words):
    assert device(user_agent) == words
